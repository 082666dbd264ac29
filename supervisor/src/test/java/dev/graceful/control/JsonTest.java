package dev.graceful.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own JSON against a library's. */
class JsonTest {
  private static final String LETTERS =
      "ab\"\\/\b\f\n\r\t\u0000\u001f\u007fä€\ud83d\ude00\u2028 {}[],:";

  @Test
  void readsWhatALibraryWroteAndTheOtherWayRound() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 3000; i++) {
      Map<String, Object> object = object(random, 4);
      assertThat(Json.readObject(JSON.std.asString(object))).isEqualTo(object);
      String text = Json.write(object);
      assertThat(text).doesNotContain("\n");
      assertThat(text(JSON.std.mapFrom(text))).isEqualTo(text(object));
      assertThat(Json.readObject(text)).isEqualTo(object);
    }
  }

  /** The library reads small numbers as Integer. */
  private static String text(Map<String, Object> object) {
    return object.toString();
  }

  private static Map<String, Object> object(Random random, int depth) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      object.put(string(random), value(random, depth - 1));
    }
    return object;
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth <= 0 ? 5 : 7)) {
      case 0 -> string(random);
      case 1 -> random.nextLong();
      case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
      case 3 -> random.nextBoolean();
      case 4 -> (long) random.nextInt(100) - 50;
      case 5 -> object(random, depth);
      default -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
    };
  }

  private static String string(Random random) {
    StringBuilder string = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      string.appendCodePoint(
          LETTERS.codePointAt(LETTERS.offsetByCodePoints(0, random.nextInt(20))));
    }
    return string.toString();
  }

  @Test
  void readsSpaceEscapesAndNull() throws Exception {
    Map<String, Object> read =
        Json.readObject(" { \"a\" : [ 1 , -2.5e-1 , null , true ] , \"\\u00e4\\/\" : { } }\r\n");
    assertThat(read.toString()).isEqualTo("{a=[1, -0.25, null, true], ä/={}}");
  }

  @Test
  void halfAPairOfSurrogatesIsEscaped() throws Exception {
    assertThat(Json.write("\ude00\ud83d")).isEqualTo("\"\\ude00\\ud83d\"");
    assertThat(Json.write("\ud83d\ude00")).isEqualTo("\"\ud83d\ude00\"");
    assertThat(Json.readObject("{\"a\":\"\\ud83d\\ude00\"}")).containsEntry("a", "\ud83d\ude00");
  }

  @Test
  void nestingHasAnEnd() throws Exception {
    String most = "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}";
    assertThat(Json.readObject(most)).containsKey("a");
    String tooMuch = "{\"a\":" + "[".repeat(60_000);
    assertThatThrownBy(() -> Json.readObject(tooMuch)).isInstanceOf(JsonException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "}",
        "[]",
        "{}x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":-}",
        "{\"a\":+1}",
        "{\"a\":1e}",
        "{\"a\":99999999999999999999}",
        "{\"a\":11111111111111111111111111111111111111111.5}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"}",
        "{\"a\":\"\\",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u00g0\"}",
        "{\"a\":\"\\u00",
        "{\"a\":[1 2]}",
        "{\"a\":[1,]}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":'b'}"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Json.readObject(text))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("at character");
  }

  @Test
  void whatJsonLacksIsNotWritten() {
    assertThatThrownBy(() -> Json.write(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Json.write(new Object())).isInstanceOf(IllegalArgumentException.class);
  }
}
