package dev.graceful.servers;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** A server on embedded Tomcat. */
public final class Server {
  private Server() {}

  /** Serves until it is killed. Argument: the port. */
  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
    tomcat.setPort(Integer.parseInt(args[0]));
    tomcat.getConnector();
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "answers", new Answers(version()));
    context.addServletMappingDecoded("/*", "answers");
    tomcat.start();
    tomcat.getServer().await();
  }

  private static String version() throws IOException {
    try (InputStream in = Server.class.getResourceAsStream("/release.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static final class Answers extends HttpServlet {
    private static final long serialVersionUID = 1;
    private final String version;

    Answers(String version) {
      this.version = version;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      byte[] body = request.getInputStream().readAllBytes();
      String millis = request.getParameter("ms");
      if (millis != null) {
        try {
          Thread.sleep(Long.parseLong(millis));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      if (!request.getMethod().equals("POST")) {
        body = ("hello from " + version + "\n").getBytes(StandardCharsets.UTF_8);
      }
      response.setHeader("X-Version", version);
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }
}
