package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.Traffic;
import dev.graceful.agent.runtime.netty.Listeners;
import java.net.InetSocketAddress;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** The seats of listeners that are Netty's own and not the JDK's. */
record NettyListeners(Seats seats, Link link, Traffic traffic) implements Listeners {
  @Override
  public int listen(Object socket, int number, InetSocketAddress address) {
    return link.listen(socket, number, address);
  }

  @Override
  public boolean backlog(Object socket, int backlog) {
    Seat seat = seats.of(socket);
    if (seat == null) {
      return false;
    }
    link.backlog(seat.listener(), backlog);
    return true;
  }

  @Override
  public @Nullable InetSocketAddress address(Object socket) {
    Seat seat = seats.of(socket);
    return seat == null ? null : seat.address();
  }

  @Override
  public void closing(Object socket, int number) {
    traffic.closing(socket, number);
    Seat seat = seats.remove(socket);
    if (seat != null && !seats.claimed(seat.listener())) {
      link.unlisten(seat.listener());
    }
  }

  @Override
  public @Nullable Lock hold(int number) {
    return seats.hold(number);
  }

  @Override
  public void complain(String what) {
    Application.complain(what);
  }
}
