package io.convoy.snapshot;

import com.google.common.primitives.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The key that what is kept on disk is encrypted with: AES-256-GCM. Immutable; never printed. */
public final class DataKey {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  private DataKey(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /**
   * Reads a key from a file that holds 32 bytes in base64, as {@code openssl rand -base64 32}
   * prints them.
   *
   * @throws IOException when there is no such file, or it holds something else
   */
  public static DataKey read(Path file) throws IOException {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
      throw new IOException(file + " does not hold base64");
    }
    if (key.length != KEY_BYTES) {
      throw new IOException(
          "%s holds %d bytes, expected %d".formatted(file, key.length, KEY_BYTES));
    }
    return new DataKey(key);
  }

  /** {@code associated}: what stands beside the result and must not be exchanged either. */
  byte[] encrypt(byte[] plain, byte[] associated) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      return Bytes.concat(nonce, cipher(Cipher.ENCRYPT_MODE, nonce, associated).doFinal(plain));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is a part of every JDK", e);
    }
  }

  /**
   * Undoes {@link #encrypt}.
   *
   * @throws IOException when it is of another key, or was changed
   */
  byte[] decrypt(byte[] encrypted, byte[] associated) throws IOException {
    if (encrypted.length < NONCE_BYTES) {
      throw new IOException("is too short");
    }
    byte[] nonce = Arrays.copyOf(encrypted, NONCE_BYTES);
    try {
      return cipher(Cipher.DECRYPT_MODE, nonce, associated)
          .doFinal(encrypted, NONCE_BYTES, encrypted.length - NONCE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IOException("is of another key, or was changed");
    }
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] associated) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(associated);
    return cipher;
  }
}
