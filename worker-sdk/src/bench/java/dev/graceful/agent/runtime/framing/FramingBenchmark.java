package dev.graceful.agent.runtime.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to follow one request and its answer, read and written in one piece each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FramingBenchmark {
  private static final String SMALL_ANSWER =
      "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/plain;"
          + "charset=utf-8\r\nContent-Length: 13\r\nServer: Some(1.2.3)\r\nX-Abc: def\r\n\r\n"
          + "Hello, world!";
  private static final String CURL =
      "GET / HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";
  private static final String BROWSER =
      "GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: Mozilla/5.0 (X11; Linux "
          + "x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept: text/html,application/xhtml"
          + "+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-"
          + "Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\nCookie: session=0123456789abc"
          + "def0123456789abcdef\r\nUpgrade-Insecure-Requests: 1\r\n\r\n";

  private static final class Native extends Bytes {
    private static final MethodHandle GET = unsafe("getByte", byte.class, long.class);
    private static final MethodHandle GET_LONG = unsafe("getLong", long.class, long.class);

    static MethodHandle unsafe(String name, Class<?> result, Class<?>... arguments) {
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        return MethodHandles.lookup()
            .findVirtual(type, name, MethodType.methodType(result, arguments))
            .bindTo(field.get(null));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("no Unsafe", e);
      }
    }

    @Override
    public byte get(long at) {
      try {
        return (byte) GET.invokeExact(at);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public long getLong(long at) {
      try {
        return (long) GET_LONG.invokeExact(at);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    /** Copies to native memory, for as long as the process lives. */
    static long copy(byte[] from) {
      try {
        MethodHandle allocate = unsafe("allocateMemory", long.class, long.class);
        long to = (long) allocate.invokeExact((long) from.length);
        MethodHandle put = unsafe("putByte", void.class, long.class, byte.class);
        for (int i = 0; i < from.length; i++) {
          put.invokeExact(to + i, from[i]);
        }
        return to;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Which dialogue. */
  @Param({"curl", "browser", "chunked"})
  public String dialogue = "";

  private final Native bytes = new Native();
  private final ConnectionFraming connection = new ConnectionFraming();
  private long request;
  private int requestLength;
  private long answer;
  private int answerLength;

  /** Puts the dialogue into native memory. */
  @Setup
  public void copy() {
    String head = dialogue.equals("curl") ? CURL : BROWSER;
    String text = SMALL_ANSWER;
    if (dialogue.equals("chunked")) {
      head = BROWSER.replace("session=", "session=" + "0123456789abcdef".repeat(38));
      text =
          SMALL_ANSWER.replace("Content-Length: 13", "Transfer-Encoding: chunked")
              .replace("Hello, world!", "1000\r\n" + "x".repeat(4096) + "\r\n1000\r\n")
              + "y".repeat(4096)
              + "\r\n0\r\n\r\n";
    }
    requestLength = head.length();
    request = Native.copy(head.getBytes(ISO_8859_1));
    answerLength = text.length();
    answer = Native.copy(text.getBytes(ISO_8859_1));
  }

  /** One request and its answer. */
  @Benchmark
  public boolean exchange() {
    connection.received(bytes, request, requestLength);
    connection.sent(bytes, answer, answerLength);
    if (!connection.boundary()) {
      throw new IllegalStateException(connection.reason());
    }
    return true;
  }
}
