package dev.graceful.worker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server's certificate chain and key, from two PEM files (RFC 7468); the key is PKCS#8. */
final class PemIdentity {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final int LARGEST = 1 << 20; // a chain is some kilobytes; a wrong file may be huge

  private PemIdentity() {}

  /**
   * @throws IOException with one line that names the file, what is wrong with it and what to do
   */
  static SSLContext load(Path certificates, Path key) throws IOException {
    List<Certificate> chain = chain(certificates);
    PublicKey publicKey = chain.get(0).getPublicKey();
    PrivateKey privateKey = privateKey(key, publicKey.getAlgorithm());
    if (!belong(privateKey, publicKey)) {
      throw new IOException(
          key
              + " is not the key of the first certificate in "
              + certificates
              + "; the server's own certificate must come first in its chain");
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      char[] password = new char[0];
      store.setKeyEntry("server", privateKey, password, chain.toArray(new Certificate[0]));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use " + certificates + " for TLS: " + e.getMessage(), e);
    }
  }

  private static List<Certificate> chain(Path file) throws IOException {
    List<Certificate> chain = new ArrayList<>();
    Matcher block = BLOCK.matcher(read(file));
    while (block.find()) {
      if (block.group(1).equals("CERTIFICATE")) {
        try {
          chain.add(
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(decode(file, block.group(2)))));
        } catch (GeneralSecurityException e) {
          throw new IOException(
              "certificate "
                  + (chain.size() + 1)
                  + " in "
                  + file
                  + " cannot be read: "
                  + e.getMessage(),
              e);
        }
      }
    }
    if (chain.isEmpty()) {
      throw new IOException(
          "no certificate in " + file + "; it must have a -----BEGIN CERTIFICATE----- block");
    }
    return chain;
  }

  private static PrivateKey privateKey(Path file, String algorithm) throws IOException {
    String other = null;
    Matcher block = BLOCK.matcher(read(file));
    while (block.find()) {
      String kind = block.group(1);
      if (kind.equals("PRIVATE KEY")) {
        try {
          return KeyFactory.getInstance(algorithm)
              .generatePrivate(new PKCS8EncodedKeySpec(decode(file, block.group(2))));
        } catch (GeneralSecurityException e) {
          throw new IOException(
              "the key in "
                  + file
                  + " cannot be read as a key of the certificate's kind ("
                  + algorithm
                  + ")",
              e);
        }
      } else if (kind.endsWith("PRIVATE KEY")) {
        other = kind;
      }
    }
    if (other != null) {
      throw new IOException(
          file
              + " has its key as "
              + other
              + ", but it must be plain PKCS#8; convert it with:"
              + " openssl pkcs8 -topk8 -nocrypt -in "
              + file
              + " -out key-pkcs8.pem");
    }
    throw new IOException(
        "no private key in " + file + "; it must have a -----BEGIN PRIVATE KEY----- block");
  }

  /** Signs with the one and verifies with the other: works for every kind of key. */
  private static boolean belong(PrivateKey privateKey, PublicKey publicKey) throws IOException {
    String algorithm = publicKey.getAlgorithm();
    String signature =
        switch (algorithm) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> algorithm; // EdDSA: one name for the key and its signature
        };
    try {
      byte[] text = "graceful".getBytes(StandardCharsets.US_ASCII);
      Signature signer = Signature.getInstance(signature);
      signer.initSign(privateKey);
      signer.update(text);
      byte[] signed = signer.sign();
      signer.initVerify(publicKey);
      signer.update(text);
      return signer.verify(signed);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "cannot use a key of kind " + algorithm + " for TLS: use RSA, EC or Ed25519", e);
    }
  }

  private static String read(Path file) throws IOException {
    try {
      if (Files.size(file) > LARGEST) {
        throw new IOException(file + " is too large for a PEM file (over 1 MB)");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException("no such file: " + file + " (needed for TLS)", e);
    }
  }

  private static byte[] decode(Path file, String base64) throws IOException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IOException("a block in " + file + " is not base64: " + e.getMessage(), e);
    }
  }
}
