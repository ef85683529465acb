package org.jxapi.event;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;

/** What a client wants to hear of: {@code *}, {@code class} or {@code class/reference}. */
record Subscription(boolean everything, Set<String> classes, Set<String> objects) {
    static Subscription of(List<String> items) {
        Set<String> classes = new HashSet<>();
        Set<String> objects = new HashSet<>();
        boolean everything = false;
        for (String item : items) {
            int slash = item.indexOf('/');
            if (item.equals("*")) {
                everything = true;
            } else if (slash < 0) {
                classes.add(item.toLowerCase(Locale.ROOT));
            } else {
                objects.add(item.substring(0, slash).toLowerCase(Locale.ROOT) + item.substring(slash));
            }
        }
        return new Subscription(everything, Set.copyOf(classes), Set.copyOf(objects));
    }

    /** Whether anything of that class may be wanted. */
    boolean covers(ClassModel model) {
        String name = model.name().toLowerCase(Locale.ROOT);
        return everything || classes.contains(name) || objects.stream().anyMatch(o -> o.startsWith(name + "/"));
    }

    boolean covers(ClassModel model, Ref<?> ref) {
        String name = model.name().toLowerCase(Locale.ROOT);
        return everything || classes.contains(name) || objects.contains(name + "/" + ref.value());
    }

    boolean onlyTasks() {
        return !everything
                && classes.stream().allMatch(c -> c.equals("task"))
                && objects.stream().allMatch(o -> o.startsWith("task/"));
    }
}
