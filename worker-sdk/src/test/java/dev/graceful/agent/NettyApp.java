package dev.graceful.agent;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ReferenceCountUtil;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A server on Netty, as {@link ServerApp} is one on the JDK. It is compiled on Netty 4.1 and runs
 * on 4.2 and on a shaded copy too.
 *
 * <p>Arguments: kind, host ("*" for no address at all), port, a path for a Unix domain socket.
 */
final class NettyApp {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
          .getBytes(StandardCharsets.US_ASCII);

  private NettyApp() {}

  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[2]);
    InetSocketAddress address =
        arguments[1].equals("*")
            ? new InetSocketAddress(port)
            : new InetSocketAddress(InetAddress.getByName(arguments[1]), port);
    List<Channel> open = new ArrayList<>();
    switch (arguments[0]) {
      case "epoll" -> bind(epoll(1), EpollServerSocketChannel.class, address, open);
      case "nio" -> bind(new NioEventLoopGroup(1), NioServerSocketChannel.class, address, open);
      case "reuseport" -> {
        ServerBootstrap many = server(epoll(3), EpollServerSocketChannel.class);
        many.option(EpollChannelOption.SO_REUSEPORT, true);
        for (int i = 0; i < 3; i++) {
          open.add(many.bind(address).sync().channel());
        }
        bound(open.get(0));
      }
      case "io_uring" -> uring(address, open);
      case "others" -> others(address, arguments[3], open);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = input.readLine();
    while (line != null && !line.equals("exit")) {
      for (Channel channel : open) {
        channel.close().sync();
      }
      System.out.println("CLOSED");
      line = input.readLine();
    }
    System.exit(0);
  }

  private static EventLoopGroup epoll(int threads) {
    return new EpollEventLoopGroup(threads);
  }

  private static void bind(
      EventLoopGroup group,
      Class<? extends ServerChannel> type,
      SocketAddress address,
      List<Channel> open)
      throws InterruptedException {
    ChannelFuture bind = server(group, type).bind(address).await();
    if (!bind.isSuccess()) {
      System.out.println("FAILED " + bind.cause() + " " + bind.cause().getClass().getSuperclass());
      return;
    }
    open.add(bind.channel());
    bound(bind.channel());
  }

  private static ServerBootstrap server(EventLoopGroup group, Class<? extends ServerChannel> type) {
    return new ServerBootstrap()
        .group(group)
        .channel(type)
        .option(ChannelOption.SO_BACKLOG, 17)
        .childHandler(new Answer());
  }

  private static void bound(Channel channel) {
    InetSocketAddress local = (InetSocketAddress) channel.localAddress();
    System.out.println("BOUND " + local + "=" + local.getAddress().getClass().getSimpleName());
  }

  /** By reflection, because Netty 4.1 does not have it. */
  private static void uring(InetSocketAddress address, List<Channel> open) throws Exception {
    Class<?> factory = Class.forName("io.netty.channel.IoHandlerFactory");
    Object handler =
        Class.forName("io.netty.channel.uring.IoUringIoHandler")
            .getMethod("newFactory")
            .invoke(null);
    EventLoopGroup group =
        (EventLoopGroup)
            Class.forName("io.netty.channel.MultiThreadIoEventLoopGroup")
                .getConstructor(int.class, factory)
                .newInstance(1, handler);
    Class<? extends ServerChannel> type =
        Class.forName("io.netty.channel.uring.IoUringServerSocketChannel")
            .asSubclass(ServerChannel.class);
    bind(group, type, address, open);
  }

  /** Sockets that bind and are no TCP listeners: UDP, a Unix domain socket, and a client. */
  private static void others(InetSocketAddress address, String path, List<Channel> open)
      throws InterruptedException {
    EventLoopGroup group = epoll(1);
    Bootstrap datagrams =
        new Bootstrap().group(group).channel(EpollDatagramChannel.class).handler(new Answer());
    open.add(datagrams.bind(address).sync().channel());
    DomainSocketAddress file = new DomainSocketAddress(path);
    open.add(server(group, EpollServerDomainSocketChannel.class).bind(file).sync().channel());
    Bootstrap local =
        new Bootstrap().group(group).channel(EpollDomainSocketChannel.class).handler(new Answer());
    open.add(local.connect(file).sync().channel());
    InetSocketAddress any = new InetSocketAddress(address.getAddress(), 0);
    Channel listener = server(group, EpollServerSocketChannel.class).bind(any).sync().channel();
    open.add(listener);
    Channel client =
        new Bootstrap()
            .group(group)
            .channel(EpollSocketChannel.class)
            .handler(new Answer())
            .connect(listener.localAddress(), address)
            .sync()
            .channel();
    open.add(client);
    bound(client);
  }

  @ChannelHandler.Sharable
  private static final class Answer extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
      ByteBuf answer = context.alloc().buffer().writeBytes(ANSWER);
      context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      System.out.println("STOPPED " + cause);
    }
  }
}
