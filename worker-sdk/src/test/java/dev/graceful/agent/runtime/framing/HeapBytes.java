package dev.graceful.agent.runtime.framing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** An array; a position outside it throws, so that a test sees a read beyond what was passed. */
final class HeapBytes extends Bytes {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] array;
  private int reads;

  HeapBytes(byte[] array) {
    this.array = array;
  }

  void set(byte[] other) {
    array = other;
    reads = 0;
  }

  /** How often something was read since {@link #set}. */
  int reads() {
    return reads;
  }

  @Override
  public byte get(long at) {
    reads++;
    return array[Math.toIntExact(at)];
  }

  @Override
  public long getLong(long at) {
    reads++;
    return (long) WORD.get(array, Math.toIntExact(at));
  }
}
