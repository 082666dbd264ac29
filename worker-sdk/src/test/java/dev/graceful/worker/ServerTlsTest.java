package dev.graceful.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsExchange;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class ServerTlsTest {
  @TempDir Path folder;

  private record Pair(Path certificates, Path key, KeyStore store) {}

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void servesTls(String kind) throws Exception {
    Pair pair = make(kind);
    GracefulServer server =
        GracefulServerTest.newServer(
                exchange ->
                    Answers.text(
                        exchange, ((HttpsExchange) exchange).getSSLSession().getProtocol()))
            .tls(pair.certificates, pair.key)
            .readTimeout(Duration.ofSeconds(20))
            .start();
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(pair.store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (RawClient client =
        new RawClient(
            context.getSocketFactory().createSocket("127.0.0.1", server.address().getPort()))) {
      assertThat(client.get("/").answer()).endsWith("TLSv1.3");
    } finally {
      assertThat(server.shutdown(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void whatIsWrongWithAFileIsSaidInALine() throws Exception {
    Pair rsa = make("RSA");
    Pair ec = make("EC");
    Path old = folder.resolve("old.pem");
    Files.writeString(old, Files.readString(rsa.key).replace("PRIVATE KEY", "RSA PRIVATE KEY"));
    Path none = folder.resolve("none.pem");
    Path broken = folder.resolve("broken.pem");
    Files.writeString(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    assertWrong(none, rsa.key, "no such file: " + none);
    assertWrong(rsa.certificates, none, "no such file: " + none);
    assertWrong(rsa.key, rsa.key, "no certificate in " + rsa.key);
    assertWrong(broken, rsa.key, "certificate 1 in " + broken + " cannot be read");
    assertWrong(rsa.certificates, rsa.certificates, "no private key in " + rsa.certificates);
    assertWrong(rsa.certificates, old, "openssl pkcs8 -topk8 -nocrypt -in " + old);
    assertWrong(rsa.certificates, ec.key, "as a key of the certificate's kind (RSA)");
    assertWrong(rsa.certificates, make("RSA").key, "is not the key of the first certificate");
  }

  private static void assertWrong(Path certificates, Path key, String message) {
    assertThatThrownBy(
            () ->
                GracefulServer.listenAndServeTls(
                    "127.0.0.1:0", certificates, key, Answers.text("hello")))
        .isInstanceOf(java.io.IOException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  private Pair make(String kind) throws Exception {
    Path own = Files.createTempDirectory(folder, kind);
    Path file = own.resolve("store.p12");
    Path output = own.resolve("keytool.txt");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                kind,
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(Files.readString(output)).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, "secret".toCharArray());
    }
    Certificate certificate = store.getCertificate("server");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", certificate);
    return new Pair(
        pem(own.resolve("cert.pem"), "CERTIFICATE", certificate.getEncoded()),
        pem(
            own.resolve("key.pem"),
            "PRIVATE KEY",
            store.getKey("server", "secret".toCharArray()).getEncoded()),
        trusted);
  }

  private static Path pem(Path file, String kind, byte[] der) throws Exception {
    return Files.writeString(
        file,
        "a comment\n-----BEGIN "
            + kind
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END "
            + kind
            + "-----\n");
  }
}
