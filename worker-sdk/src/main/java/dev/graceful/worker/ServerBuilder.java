package dev.graceful.worker;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A {@link GracefulServer} before it listens. Made by {@link GracefulServer#newServer}; for one
 * thread.
 */
public final class ServerBuilder {
  /** How long a shutdown may take unless said otherwise: endless's DefaultHammerTime. */
  public static final Duration DEFAULT_SHUTDOWN_TIMEOUT = Duration.ofSeconds(60);

  final ListenAddress address;
  final Map<String, HttpHandler> handlers = new LinkedHashMap<>();
  @Nullable Duration readTimeout;
  @Nullable Duration writeTimeout;
  int maxHeaderBytes = 1 << 20; // Go's DefaultMaxHeaderBytes
  Duration shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT;
  @Nullable Executor executor;
  @Nullable SSLContext tls;
  Consumer<InetSocketAddress> beforeBegin = listener -> {};

  ServerBuilder(String address, HttpHandler handler) {
    this.address = ListenAddress.parse(address);
    handlers.put("/", Objects.requireNonNull(handler, "handler"));
  }

  /**
   * Another handler, for what begins with this path; the longest path wins.
   *
   * @param path begins with a slash
   */
  public ServerBuilder handle(String path, HttpHandler handler) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "cannot handle \"" + path + "\": a path begins with a slash");
    }
    handlers.put(path, Objects.requireNonNull(handler, "handler"));
    return this;
  }

  /**
   * How long reading a whole request may take, head, body and TLS handshake, from its first byte; a
   * connection that takes longer is closed. Zero or negative, and by default: as long as it likes.
   */
  public ServerBuilder readTimeout(Duration timeout) {
    readTimeout = positive(timeout);
    return this;
  }

  /**
   * How long answering may take, from the end of the request's head. When it is over, a write that
   * hangs ends, further ones fail, and the connection is closed; a handler that does not write is
   * left alone. Zero or negative, and by default: as long as it likes.
   */
  public ServerBuilder writeTimeout(Duration timeout) {
    writeTimeout = positive(timeout);
    return this;
  }

  /**
   * How large the head of a request may be, request line included; a larger one is answered 431.
   * Default: 1 MB, as in Go. This is checked after the JDK's server has read the head, whose own
   * limit is one for the JVM, {@code sun.net.httpserver.maxReqHeaderSize} (380 KB by default, in
   * releases that have it; raised for the first server of a JVM that asks for more here).
   */
  public ServerBuilder maxHeaderBytes(int bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException(
          "maxHeaderBytes is " + bytes + ", but must be 1 or more; leave it out for 1 MB");
    }
    maxHeaderBytes = bytes;
    return this;
  }

  /**
   * How long what is in flight may take when the JVM is told to end, and when the server is closed.
   * Default: 60 s; negative: no limit. Under a supervisor its own limits hold as well.
   */
  public ServerBuilder shutdownTimeout(Duration timeout) {
    shutdownTimeout = Objects.requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * What runs handlers; it stays the caller's, who ends it. Default: a thread for each request in
   * flight, as many as are needed. On JDK 21 and later, {@code
   * Executors.newVirtualThreadPerTaskExecutor()} is a good choice.
   */
  public ServerBuilder executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Serves TLS.
   *
   * @param certificates a PEM file, the server's own certificate first
   * @param key a PEM file with its private key, PKCS#8, RSA, EC or Ed25519, without a password
   * @throws IOException with one line that says what is wrong with which file
   */
  public ServerBuilder tls(Path certificates, Path key) throws IOException {
    tls = PemIdentity.load(certificates, key);
    return this;
  }

  /** Serves TLS with a context of the caller's making. */
  public ServerBuilder tls(SSLContext context) {
    tls = Objects.requireNonNull(context, "context");
    return this;
  }

  /**
   * Called once when the listener exists and before it is served, with its address: endless's
   * BeforeBegin. What it throws ends the start.
   */
  public ServerBuilder beforeBegin(Consumer<InetSocketAddress> hook) {
    beforeBegin = Objects.requireNonNull(hook, "hook");
    return this;
  }

  /**
   * Listens, and serves on other threads.
   *
   * @throws IOException where the address cannot be listened on; one line that says why
   */
  public GracefulServer start() throws IOException {
    return GracefulServer.start(this);
  }

  /**
   * Listens and serves; returns when the server has been shut down.
   *
   * @throws IOException where the address cannot be listened on; one line that says why
   */
  public void listenAndServe() throws IOException {
    start().awaitShutdown();
  }

  private static @Nullable Duration positive(Duration timeout) {
    return timeout.isNegative() || timeout.isZero() ? null : timeout;
  }
}
