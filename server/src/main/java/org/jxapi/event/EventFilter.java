package org.jxapi.event;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.XenModel;

/**
 * The objects whose events a client receives: {@code *}, {@code class} or {@code class/reference}.
 *
 * @param objects references of single objects, by the name of their class
 */
record EventFilter(boolean everything, Set<String> classes, Map<String, Set<String>> objects) {
    private static final Map<ClassModel<?>, String> NAMES = new HashMap<>();

    static {
        XenModel.CLASSES.forEach(c -> NAMES.put(c, c.name().toLowerCase(Locale.ROOT)));
    }

    static EventFilter of(Iterable<String> items) {
        Set<String> classes = new HashSet<>();
        Map<String, Set<String>> objects = new HashMap<>();
        boolean everything = false;
        for (String item : items) {
            int slash = item.indexOf('/');
            if (item.equals("*")) {
                everything = true;
            } else if (slash < 0) {
                classes.add(item.toLowerCase(Locale.ROOT));
            } else {
                objects.computeIfAbsent(item.substring(0, slash).toLowerCase(Locale.ROOT), c -> new HashSet<>())
                        .add(item.substring(slash + 1));
            }
        }
        return new EventFilter(everything, Set.copyOf(classes), Map.copyOf(objects));
    }

    /** Two items that mean the same are the same: unregister compares them so. */
    static String normal(String item) {
        int slash = item.indexOf('/');
        return slash < 0
                ? item.toLowerCase(Locale.ROOT)
                : item.substring(0, slash).toLowerCase(Locale.ROOT) + item.substring(slash);
    }

    /** The class's name in events. */
    static String className(ClassModel<?> model) {
        return Objects.requireNonNull(NAMES.get(model), model.name());
    }

    /** Whether anything of that class may be wanted. */
    boolean covers(ClassModel<?> model) {
        return coversAll(model) || objects.containsKey(className(model));
    }

    /** Whether every object of that class is wanted. */
    boolean coversAll(ClassModel<?> model) {
        return everything || classes.contains(className(model));
    }

    boolean covers(ClassModel<?> model, Ref<?> ref) {
        return coversAll(model) || objectsOf(model).contains(ref.value());
    }

    Set<String> objectsOf(ClassModel<?> model) {
        return objects.getOrDefault(className(model), Set.of());
    }

    boolean onlyTasks() {
        return !everything
                && classes.stream().allMatch(c -> c.equals("task"))
                && objects.keySet().stream().allMatch(c -> c.equals("task"));
    }
}
