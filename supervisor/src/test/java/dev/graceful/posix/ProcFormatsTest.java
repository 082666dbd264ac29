package dev.graceful.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcFormatsTest {
  private static final String TCP =
      """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 5811 1 0000000000000000 100 0 0 10 0
        12: 0E02000A:D431 0801000A:01BB 01 00000010:00000000 01:00000014 00000000  1000        0 4294967297 1 0 20 4 30 10 -1
      """;

  private static final String TCP6 =
      """
        sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0
         1: 0000000000000000FFFF00000100007F:0050 0000000000000000FFFF00000100007F:0051 08 00000000:00000000 00:00000000 00000000     0        0 78 1 0
      """;

  private static List<String> rows(String table) {
    List<String> rows = new ArrayList<>();
    TcpTable.parse(
        table.getBytes(StandardCharsets.US_ASCII),
        row ->
            rows.add(
                row.localAddress().getAddress().getHostAddress()
                    + " %d %d %d %d"
                        .formatted(row.localPort(), row.state(), row.receiveQueue(), row.inode())));
    return rows;
  }

  @Test
  void tcpTablesAreParsed() {
    assertThat(rows(TCP))
        .containsExactly("127.0.0.1 8080 10 3 5811", "10.0.2.14 54321 1 0 4294967297");
    assertThat(rows(TCP6)).containsExactly("0:0:0:0:0:0:0:1 80 10 0 77", "127.0.0.1 80 8 0 78");
    assertThat(rows("heading\n 0: 01")).isEmpty();
  }

  @Test
  void processesAreDescribed() {
    long self = ProcessHandle.current().pid();
    assertThat(ProcFs.startTime(self)).isPresent();
    assertThat(ProcFs.rssBytes(self).orElseThrow()).isGreaterThan(10_000_000);
    assertThat(ProcFs.startTime(Integer.MAX_VALUE)).isEmpty();
    assertThat(ProcFs.rssBytes(Integer.MAX_VALUE)).isEmpty();
    assertThat(ProcFs.isZombie(self)).isFalse();
  }

  @Test
  void machinesAreToldApart() {
    assertThat(Machine.check()).isEmpty();
    assertThat(Machine.check("Linux", "aarch64")).isEmpty();
    assertThat(Machine.check("Mac OS X", "aarch64").orElseThrow()).contains("needs Linux");
    assertThat(Machine.check("Linux", "riscv64").orElseThrow()).contains("riscv64");
  }
}
