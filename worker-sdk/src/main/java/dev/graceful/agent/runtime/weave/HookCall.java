package dev.graceful.agent.runtime.weave;

/**
 * A hook as woven code calls it.
 *
 * @param name a public method of {@code target}, unique among all hooks
 * @param descriptor as in a class file
 * @param target the class whose instance carries the hook
 */
record HookCall(String name, String descriptor, Class<?> target) {}
