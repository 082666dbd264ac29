package dev.graceful.e2e.app;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Somebody at a Unix domain socket: says something and prints what comes back. */
public final class Knock {
  private Knock() {}

  /**
   * @param args the socket, and the bytes to say, in hexadecimal
   */
  public static void main(String[] args) {
    StringBuilder heard = new StringBuilder();
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(args[0]))) {
      System.out.println("let in");
      channel.write(ByteBuffer.wrap(HexFormat.of().parseHex(args[1])));
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        heard.append(StandardCharsets.ISO_8859_1.decode(buffer));
        buffer.clear();
      }
      System.out.println("heard [" + heard + "]");
    } catch (IOException e) {
      System.out.println("heard [" + heard + "], " + e.getMessage());
    }
  }
}
