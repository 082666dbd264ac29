package dev.graceful.agent;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.Semaphore;

/**
 * The application under test: as {@link KeepAliveApp}, on Netty. The kinds differ in how answers
 * are written: in one buffer, several ("vector"), a compound of buffers ("buffers"), or a head and
 * a file ("file"); "nio" is one buffer by the JDK's sockets.
 *
 * <p>Arguments: kind, port, name.
 */
final class NettyKeepAliveApp {
  private static final Semaphore GATE = new Semaphore(0);

  private NettyKeepAliveApp() {}

  public static void main(String[] arguments) throws Exception {
    String kind = arguments[0];
    String name = arguments[2];
    ServerBootstrap server = new ServerBootstrap();
    if (kind.equals("nio")) {
      server.group(new NioEventLoopGroup(2)).channel(NioServerSocketChannel.class);
    } else {
      server.group(new EpollEventLoopGroup(2)).channel(EpollServerSocketChannel.class);
    }
    server.childHandler(
        new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(new Handler(kind, name));
          }
        });
    server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1]))).sync();
    System.out.println("BOUND");
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.equals("exit")) {
      if (line.equals("go")) {
        GATE.release();
      }
      line = lines.readLine();
    }
    System.exit(0);
  }

  private static final class Handler extends ChannelInboundHandlerAdapter {
    private final String kind;
    private final Conversation conversation;

    Handler(String kind, String name) {
      this.kind = kind;
      conversation = new Conversation(request -> answer(name, request));
    }

    private static String answer(String name, String request) {
      System.out.println("ASKED " + request);
      if (request.contains("/wait")) {
        GATE.acquireUninterruptibly();
      }
      return name + " " + request;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf in = (ByteBuf) message;
      byte[] bytes = new byte[in.readableBytes()];
      in.readBytes(bytes);
      in.release();
      byte[] out = conversation.feed(bytes, bytes.length);
      if (out.length == 0) {
        return;
      }
      int half = out.length - 3;
      switch (kind) {
        case "vector" -> {
          context.write(part(context, out, 0, half));
          context.write(part(context, out, half, out.length));
        }
        case "buffers" -> {
          CompositeByteBuf all = context.alloc().compositeDirectBuffer();
          all.addComponent(true, part(context, out, 0, half));
          all.addComponent(true, part(context, out, half, out.length));
          context.write(all);
        }
        case "file" -> {
          context.write(part(context, out, 0, half));
          context.write(file(out, half));
        }
        default -> context.write(part(context, out, 0, out.length));
      }
      context.flush();
    }

    private static ByteBuf part(ChannelHandlerContext context, byte[] bytes, int from, int to) {
      return context.alloc().directBuffer().writeBytes(bytes, from, to - from);
    }

    private static DefaultFileRegion file(byte[] bytes, int from) {
      try {
        File file = File.createTempFile("answer", null);
        file.deleteOnExit();
        Files.write(file.toPath(), bytes);
        return new DefaultFileRegion(file, from, bytes.length - from);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      System.out.println("STOPPED " + cause);
      context.close();
    }
  }
}
