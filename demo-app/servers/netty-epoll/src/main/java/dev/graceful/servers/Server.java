package dev.graceful.servers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;

import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server on Netty with its native transport, epoll. */
public final class Server {
  private Server() {}

  /** Serves until it is killed. Argument: the port. */
  public static void main(String[] args) throws Exception {
    String version = version();
    EventLoopGroup loops = new EpollEventLoopGroup();
    new ServerBootstrap()
        .group(loops)
        .channel(EpollServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpServerCodec(), new HttpObjectAggregator(1 << 20), new Answers(version));
              }
            })
        .bind(Integer.parseInt(args[0]))
        .sync();
  }

  private static String version() throws IOException {
    try (InputStream in = Server.class.getResourceAsStream("/release.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final String version;

    Answers(String version) {
      this.version = version;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      ByteBuf body =
          request.method().equals(HttpMethod.POST)
              ? request.content().retain()
              : Unpooled.copiedBuffer("hello from " + version + "\n", StandardCharsets.UTF_8);
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
      response.headers().set("X-Version", version).set("Content-Length", body.readableBytes());
      boolean last = !HttpUtil.isKeepAlive(request);
      if (last) {
        response.headers().set("Connection", "close");
      }
      List<String> pause = new QueryStringDecoder(request.uri()).parameters().get("ms");
      long millis = pause == null ? 0 : Long.parseLong(pause.get(0));
      Runnable answer =
          () -> {
            var written = context.writeAndFlush(response);
            if (last) {
              written.addListener(ChannelFutureListener.CLOSE);
            }
          };
      if (millis > 0) {
        context.executor().schedule(answer, millis, TimeUnit.MILLISECONDS);
      } else {
        answer.run();
      }
    }
  }
}
