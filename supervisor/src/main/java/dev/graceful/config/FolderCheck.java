package dev.graceful.config;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Makes folders that nobody else can write to, and refuses those that somebody else can. */
final class FolderCheck {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  private FolderCheck() {}

  /** This user's number. */
  static long uid() {
    return new UnixSystem().getUid();
  }

  /** Makes the folder and what misses above it, each with mode 0700; nothing if it exists. */
  static void make(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    try {
      Files.createDirectories(folder, mode);
    } catch (FileAlreadyExistsException e) {
      throw new FileSystemException(folder.toString(), null, e.getFile() + " is not a folder");
    }
  }

  /** The folder is this user's own and no link, and only this user can use it. */
  static void requireOwn(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(folder.toString(), null, "it is a link or not a folder");
    }
    if (owner(folder, LinkOption.NOFOLLOW_LINKS) != uid()) {
      throw new FileSystemException(folder.toString(), null, "it belongs to somebody else");
    }
    if ((mode(folder) & 0777) != 0700) {
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
    }
  }

  /** Nobody but this user and root can replace what this user makes in that folder. */
  static void requireSafeParent(Path folder) throws IOException {
    requireOwnOrRoots(folder, owner(folder));
    requireOwnOrRoots(folder, owner(folder, LinkOption.NOFOLLOW_LINKS)); // a link's own owner
    int mode = mode(folder);
    if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
      throw new FileSystemException(
          folder.toString(), null, "everybody may write to " + folder + " (chmod o-w it)");
    }
  }

  /** An I/O failure's reason in a few words, without a class name. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "permission denied on " + denied.getFile();
    }
    if (e instanceof NoSuchFileException missing) {
      return "no such file: " + missing.getFile();
    }
    if (e instanceof NotDirectoryException file) {
      return file.getFile() + " is not a folder";
    }
    if (e instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return String.valueOf(e.getMessage());
  }

  private static void requireOwnOrRoots(Path folder, long owner) throws IOException {
    if (owner != 0 && owner != uid()) {
      throw new FileSystemException(
          folder.toString(), null, folder + " belongs to somebody else (user " + owner + ")");
    }
  }

  private static long owner(Path folder, LinkOption... options) throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(folder, "unix:uid", options));
  }

  private static int mode(Path folder) throws IOException {
    return (Integer) Files.getAttribute(folder, "unix:mode");
  }
}
