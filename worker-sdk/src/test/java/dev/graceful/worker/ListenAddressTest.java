package dev.graceful.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class ListenAddressTest {
  @ParameterizedTest
  @CsvSource({
    ":8080,:8080",
    "*:8080,:8080",
    "localhost:0,localhost:0",
    "127.0.0.1:80,127.0.0.1:80",
    "[::1]:8080,[::1]:8080"
  })
  void reads(String text, String same) {
    assertThat(ListenAddress.parse(text)).hasToString(same);
  }

  @ParameterizedTest
  @CsvSource({
    "8080,it has no port",
    "host:,its port is not a number",
    ":http,its port is not a number",
    ":65536,its port is not between",
    ":-1,its port is not between",
    "::1:8080,an IPv6 address stands in brackets"
  })
  void saysWhatIsWrong(String text, String why) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cannot listen on \"" + text + "\": " + why)
        .hasMessageEndingWith("; write :8080, host:8080 or [::1]:8080");
  }

  @Test
  void anEmptyHostIsTheWildcard() throws Exception {
    assertThat(ListenAddress.parse(":8080").resolve().getAddress().isAnyLocalAddress()).isTrue();
  }

  @Test
  void aHostThatDoesNotExist() {
    assertThatThrownBy(() -> ListenAddress.parse("no-such-host.invalid:80").resolve())
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no such host");
  }
}
