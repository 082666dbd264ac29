package dev.graceful.wire;

import java.io.IOException;

/** A system call that failed, with its errno(3). */
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * @param call the name of the call
   * @param errno the value of errno after it
   */
  public ErrnoException(String call, int errno) {
    super(call + ": " + Errno.message(errno));
    this.errno = errno;
  }

  /** The errno, as errno(3) numbers it. */
  public int errno() {
    return errno;
  }
}
