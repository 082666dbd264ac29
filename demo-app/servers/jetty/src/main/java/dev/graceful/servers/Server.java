package dev.graceful.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/** A server on Jetty. */
public final class Server {
  private Server() {}

  /** Serves until it is killed. Argument: the port. */
  public static void main(String[] args) throws Exception {
    org.eclipse.jetty.server.Server server =
        new org.eclipse.jetty.server.Server(Integer.parseInt(args[0]));
    server.setHandler(new Answers(version()));
    server.start();
    server.join();
  }

  private static String version() throws IOException {
    try (InputStream in = Server.class.getResourceAsStream("/release.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static final class Answers extends Handler.Abstract {
    private final String version;

    Answers(String version) {
      this.version = version;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      ByteBuffer body = Content.Source.asByteBuffer(request);
      Fields fields = Request.extractQueryParameters(request);
      if (fields.get("ms") != null) {
        Thread.sleep(Long.parseLong(fields.getValue("ms")));
      }
      if (!request.getMethod().equals("POST")) {
        body = StandardCharsets.UTF_8.encode("hello from " + version + "\n");
      }
      response.getHeaders().put("X-Version", version);
      response.getHeaders().put("Content-Length", body.remaining());
      response.write(true, body, callback);
      return true;
    }
  }
}
