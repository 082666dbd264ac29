package dev.graceful.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.wire.LibC;
import dev.graceful.wire.Role;
import dev.graceful.wire.SocketAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Seats with real sockets and a real epoll instance, which other threads change meanwhile. */
@Timeout(300)
class SeatsTest {
  private static final int LISTENER = 7;
  private static final int EPOLLIN = 1;
  private static final int EPOLLPRI = 2;

  /** So many registrations make the reading of /proc, and so the window, long. */
  private static final int CROWD = 500;

  private static final int RESEATS = 20;

  private final Seats seats = new Seats();
  private final List<Integer> open = new ArrayList<>();

  private int listener() throws IOException {
    int socket = LibC.socket(LibC.AF_INET, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
    open.add(socket);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
    LibC.bind(socket, SocketAddresses.encode(any, LibC.AF_INET));
    LibC.listen(socket, 5);
    return socket;
  }

  private static Set<Integer> epolls() throws IOException {
    Set<Integer> epolls = new HashSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path one : all) {
        try {
          if (Files.readSymbolicLink(one).toString().equals("anon_inode:[eventpoll]")) {
            epolls.add(Integer.parseInt(one.getFileName().toString()));
          }
        } catch (IOException e) {
          // closed meanwhile
        }
      }
    }
    return epolls;
  }

  /** The mask with which {@code number} is registered, -1 if it is not. */
  private static int mask(int epoll, int number) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + epoll))) {
      String[] words = line.trim().split("[: ]+");
      if (words[0].equals("tfd") && Integer.parseInt(words[1]) == number) {
        return Integer.parseInt(words[3], 16) & (EPOLLIN | EPOLLPRI);
      }
    }
    return -1;
  }

  /** As the hooks around epoll_ctl(2) do it. */
  private void control(int epoll, int operation, int number, int events) {
    Lock lock = seats.hold(number);
    int errno = LibC.epollCtl(epoll, operation, number, events, number);
    if (lock != null) {
      lock.unlock();
    }
    assertThat(errno).isZero();
  }

  @Test
  void aChangeOfARegistrationIsNotLostToAReseat() throws Exception {
    Set<Integer> before = epolls();
    try (Selector selector = Selector.open()) {
      assertThat(selector.isOpen()).isTrue();
      Set<Integer> now = epolls();
      now.removeAll(before);
      int epoll = now.iterator().next();
      for (int i = 0; i < CROWD; i++) {
        int other = LibC.eventfd();
        open.add(other);
        LibC.epollCtl(epoll, LibC.EPOLL_CTL_ADD, other, EPOLLIN, other);
      }
      int number = listener();
      int[] under = {listener(), listener()};
      seats.add(
          new Seat(new Object(), number, LISTENER, new InetSocketAddress(1)),
          Role.SHARED,
          under[0]);
      control(epoll, LibC.EPOLL_CTL_ADD, number, EPOLLIN);

      AtomicInteger reseats = new AtomicInteger();
      AtomicReference<Object> failed = new AtomicReference<>(List.of());
      Thread thread =
          new Thread(
              () -> {
                for (int i = 1; i <= RESEATS; i++) {
                  List<Integer> not =
                      seats.reseat(Role.SHARED, List.of(LISTENER), new int[] {under[i % 2]});
                  if (!not.isEmpty()) {
                    failed.set(not);
                  }
                  reseats.incrementAndGet();
                }
              });
      thread.start();
      int mask = EPOLLIN;
      boolean registered = true;
      int round = 0;
      while (reseats.get() < RESEATS - 1) {
        round++;
        if (round % 3 == 0) {
          control(epoll, LibC.EPOLL_CTL_DEL, number, 0);
          registered = false;
        } else {
          mask ^= EPOLLPRI;
          control(epoll, registered ? LibC.EPOLL_CTL_MOD : LibC.EPOLL_CTL_ADD, number, mask);
          registered = true;
        }
        // the reseat that was under way has ended
        int seen = reseats.get();
        while (reseats.get() <= seen && thread.isAlive()) {
          Thread.onSpinWait();
        }
        Lock lock = seats.hold(number);
        try {
          assertThat(mask(epoll, number)).as("round " + round).isEqualTo(registered ? mask : -1);
        } finally {
          lock.unlock();
        }
      }
      thread.join();
      assertThat(failed.get()).isEqualTo(List.of());
      assertThat(round).isGreaterThan(3);
    } finally {
      open.forEach(LibC::close);
    }
  }
}
