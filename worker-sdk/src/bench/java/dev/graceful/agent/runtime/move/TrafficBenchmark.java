package dev.graceful.agent.runtime.move;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.graceful.agent.runtime.weave.JavaMemory;
import dev.graceful.agent.runtime.weave.Kept;
import java.io.FileDescriptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What all hooks of a small request and its answer cost together, system calls left out. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {
      "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
      "--add-opens=java.base/java.io=ALL-UNNAMED"
    })
public class TrafficBenchmark {
  private static final int NUMBER = 7;
  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/plain;"
          + "charset=utf-8\r\nContent-Length: 13\r\nServer: Some(1.2.3)\r\nX-Abc: def\r\n\r\n"
          + "Hello, world!";

  private final FileDescriptor followed = new FileDescriptor();
  private final FileDescriptor other = new FileDescriptor();
  private final ByteBuffer request = direct(REQUEST);
  private final ByteBuffer answer = direct(ANSWER);
  private @Nullable MoveHooks hooks;
  private long requestAt;
  private long answerAt;

  private static ByteBuffer direct(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes);
  }

  /** Makes what a worker has, with one connection. */
  @Setup
  public void make() throws ReflectiveOperationException {
    JavaMemory memory = JavaMemory.make(Kept.empty());
    Moving moving = Moving.create(memory, new NoSeats(), Thread::new);
    memory.number(followed, NUMBER);
    memory.number(other, NUMBER + 1);
    moving.traffic().accepted(followed, NUMBER, 1);
    hooks = moving.hooks();
    requestAt = memory.address(request);
    answerAt = memory.address(answer);
  }

  /** On a connection that is followed. */
  @Benchmark
  public void followed() {
    exchange(followed);
  }

  /** On a descriptor that is not. */
  @Benchmark
  public void other() {
    exchange(other);
  }

  private void exchange(FileDescriptor fd) {
    MoveHooks all = hooks;
    if (all == null) {
      throw new IllegalStateException();
    }
    Object token = all.read(fd, requestAt, REQUEST.length());
    all.readDone(token, REQUEST.length(), fd, requestAt, REQUEST.length());
    Object written = all.write(fd, answerAt, ANSWER.length());
    all.writeDone(written, ANSWER.length(), fd, answerAt, ANSWER.length());
  }

  private static final class NoSeats implements Seating {
    @Override
    public int publicListener(Object descriptor) {
      return NONE;
    }

    @Override
    public boolean seated(int listener) {
      return false;
    }

    @Override
    public List<Watch> watches(Set<Integer> listeners) {
      return List.of();
    }

    @Override
    public void ring() {}
  }
}
