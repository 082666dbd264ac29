package dev.graceful.agent.runtime.framing;

/**
 * Memory that can be read at a position: native memory at an address, in a worker.
 *
 * <p>A class and not an interface, so that the JIT sees that only one kind is loaded and puts the
 * reads in line without a check. Nothing is checked here: whoever passes a range to {@link
 * ConnectionFraming} promises that it can be read, and no byte outside that range is asked for.
 */
public abstract class Bytes {
  /** For subclasses. */
  protected Bytes() {}

  /**
   * One byte.
   *
   * @param at where
   * @return the byte there
   */
  public abstract byte get(long at);

  /**
   * Eight bytes, the first one lowest (little-endian); {@code at} need not be aligned.
   *
   * @param at where the first of them is
   * @return the eight bytes
   */
  public abstract long getLong(long at);
}
