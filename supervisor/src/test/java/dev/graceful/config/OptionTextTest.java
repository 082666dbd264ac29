package dev.graceful.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 300, unit = TimeUnit.SECONDS)
class OptionTextTest {
  @Test
  void durations() {
    assertThat(OptionText.duration("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(OptionText.duration("10s")).isEqualTo(Duration.ofSeconds(10));
    assertThat(OptionText.duration("2m")).isEqualTo(Duration.ofMinutes(2));
    assertThat(OptionText.duration("1h")).isEqualTo(Duration.ofHours(1));
    assertThat(OptionText.duration("0")).isZero();
    assertThat(OptionText.duration("-1")).isNegative();
    assertThat(OptionText.duration("-500ms")).isNegative();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "10", "10 s", "ten", "1.5s", "10d", "999999999999h", "--1s"})
  void nonsenseIsNoDuration(String text) {
    assertThatThrownBy(() -> OptionText.duration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void addresses() {
    assertThat(OptionText.address("8080")).isEqualTo(new InetSocketAddress(8080));
    assertThat(OptionText.address(":8080")).isEqualTo(new InetSocketAddress(8080));
    assertThat(OptionText.address("127.0.0.1:80"))
        .isEqualTo(new InetSocketAddress("127.0.0.1", 80));
    assertThat(OptionText.address("[::1]:80")).isEqualTo(new InetSocketAddress("::1", 80));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "0", "65536", "::1:80", "[::1]", "a:b", "127.0.0.1:"})
  void nonsenseIsNoAddress(String text) {
    assertThatThrownBy(() -> OptionText.address(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesComeFromTheJar() {
    assertThat(OptionText.nameOf(Path.of("/srv/shop.jar"))).isEqualTo("shop");
    assertThat(OptionText.nameOf(Path.of("my app (1).jar"))).isEqualTo("my-app--1-");
    assertThat(OptionText.nameOf(Path.of("..hidden.jar"))).isEqualTo("hidden");
    assertThat(OptionText.name(OptionText.nameOf(Path.of("x".repeat(200) + ".jar")))).hasSize(64);
    assertThatThrownBy(() -> OptionText.nameOf(Path.of("/")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "-a", "a b", "a;b"})
  void namesThatAreNoFileNamesAreRefused(String text) {
    assertThatThrownBy(() -> OptionText.name(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void targets() {
    assertThat(OptionText.target("/up?x=1")).isEqualTo("/up?x=1");
    assertThat(OptionText.target(":8081/up")).isEqualTo(":8081/up");
    assertThatThrownBy(() -> OptionText.target("up")).hasMessageContaining("/health");
    assertThatThrownBy(() -> OptionText.target(":99999/up")).hasMessageContaining("port");
    assertThatThrownBy(() -> OptionText.target("/a b")).hasMessageContaining("/health");
  }
}
