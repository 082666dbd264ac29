package dev.graceful.supervisor;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Records as trees of what JSON has, by the names of their components, and back. A component that a
 * tree does not have gets its type's default, one that the record does not have is left out: so an
 * older or a newer version of the program can read what this one wrote.
 *
 * <p>Components may be records, enums, texts, whole numbers, booleans, lists, sorted sets and maps.
 * A map is a list of pairs, since its keys may be records.
 */
final class RecordTree {
  /** Of each component in their order. Looked up once: a state may have hundreds of records. */
  private static final ClassValue<List<Method>> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
          List<Method> accessors = new ArrayList<>();
          for (RecordComponent component : type.getRecordComponents()) {
            component.getAccessor().setAccessible(true);
            accessors.add(component.getAccessor());
          }
          return accessors;
        }
      };

  private RecordTree() {}

  static @Nullable Object write(@Nullable Object value) {
    if (value == null || value instanceof String || value instanceof Boolean) {
      return value;
    } else if (value instanceof Number number) {
      return number.longValue();
    } else if (value instanceof Enum<?> constant) {
      return constant.name();
    } else if (value instanceof Collection<?> many) {
      List<@Nullable Object> list = new ArrayList<>();
      many.forEach(one -> list.add(write(one)));
      return list;
    } else if (value instanceof Map<?, ?> map) {
      List<@Nullable Object> pairs = new ArrayList<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        List<@Nullable Object> pair = new ArrayList<>();
        pair.add(write(entry.getKey()));
        pair.add(write(entry.getValue()));
        pairs.add(pair);
      }
      return pairs;
    } else if (value instanceof Record record) {
      return fields(record);
    }
    throw new IllegalArgumentException("no tree for a " + value.getClass());
  }

  private static Map<String, @Nullable Object> fields(Record record) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    try {
      for (Method accessor : ACCESSORS.get(record.getClass())) {
        fields.put(accessor.getName(), write(accessor.invoke(record)));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("no tree for a " + record.getClass(), e);
    }
    return fields;
  }

  /**
   * @throws IOException if the tree is not one of such a record; the message says where
   */
  static <T extends Record> T read(Class<T> type, Object tree) throws IOException {
    if (!(tree instanceof Map<?, ?> fields)) {
      throw new IOException("no " + type.getSimpleName());
    }
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      Object field = fields.get(components[i].getName());
      try {
        values[i] = value(components[i].getGenericType(), field);
      } catch (IOException | ClassCastException e) {
        String where = type.getSimpleName() + "." + components[i].getName();
        throw new IOException(where + ": " + e.getMessage(), e);
      }
    }
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IOException("no " + type.getSimpleName() + ": " + e, e);
    }
  }

  private static @Nullable Object value(Type type, @Nullable Object tree) throws IOException {
    Class<?> raw = (Class<?>) (type instanceof ParameterizedType p ? p.getRawType() : type);
    if (Map.class.isAssignableFrom(raw)) {
      return map(type, raw, tree);
    } else if (Collection.class.isAssignableFrom(raw)) {
      return collection(type, raw, tree);
    } else if (raw == int.class || raw == Integer.class) {
      return tree == null ? Integer.valueOf(0) : Integer.valueOf(((Number) tree).intValue());
    } else if (raw == long.class || raw == Long.class) {
      return tree == null ? Long.valueOf(0) : Long.valueOf(((Number) tree).longValue());
    } else if (raw == boolean.class) {
      return tree == null ? Boolean.FALSE : (Boolean) tree;
    } else if (tree == null) {
      return null;
    } else if (raw == String.class) {
      return (String) tree;
    } else if (raw.isEnum()) {
      return constant(raw, (String) tree);
    } else if (raw.isRecord()) {
      return read(raw.asSubclass(Record.class), tree);
    }
    throw new IOException("a " + type + " cannot be read");
  }

  private static Object constant(Class<?> raw, String name) throws IOException {
    for (Object constant : raw.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IOException("no " + raw.getSimpleName() + " is called " + name);
  }

  private static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }

  private static Collection<@Nullable Object> collection(
      Type type, Class<?> raw, @Nullable Object tree) throws IOException {
    Collection<@Nullable Object> many =
        raw == SortedSet.class ? new TreeSet<>() : new ArrayList<>();
    if (tree != null) {
      for (Object one : (Collection<?>) tree) {
        many.add(value(argument(type, 0), one));
      }
    }
    return many;
  }

  private static Map<Object, @Nullable Object> map(Type type, Class<?> raw, @Nullable Object tree)
      throws IOException {
    Map<Object, @Nullable Object> map =
        raw == SortedMap.class ? new TreeMap<>() : new LinkedHashMap<>();
    if (tree != null) {
      for (Object pair : (Collection<?>) tree) {
        List<?> two = (List<?>) pair;
        Object key = two.size() == 2 ? value(argument(type, 0), two.get(0)) : null;
        if (key == null) {
          throw new IOException("no pair: " + pair);
        }
        map.put(key, value(argument(type, 1), two.get(1)));
      }
    }
    return map;
  }
}
