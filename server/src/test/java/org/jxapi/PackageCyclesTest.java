package org.jxapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Inside a package, no classes know each other in a circle: each can be read after those that it uses. */
class PackageCyclesTest {
    @Test
    void noClassesKnowEachOtherInACircle() {
        assertThat(circles(uses())).as("circles of classes inside a package").isEmpty();
    }

    /** The classes of its own package that each class uses; nested classes count as the class around them. */
    private static Map<String, Set<String>> uses() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass from : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.jxapi")) {
            if (from.getPackageName().equals("org.jxapi.xenapi")) {
                continue;
            }
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                JavaClass to = dependency.getTargetClass();
                if (to.getPackageName().equals(from.getPackageName())
                        && !outer(to).equals(outer(from))) {
                    uses.computeIfAbsent(outer(from), c -> new TreeSet<>()).add(outer(to));
                }
            }
        }
        return uses;
    }

    private static String outer(JavaClass javaClass) {
        return javaClass.getName().replaceAll("[$\\[].*", "");
    }

    /** Tarjan's strongly connected components of more than one class. */
    private static Set<Set<String>> circles(Map<String, Set<String>> uses) {
        Set<Set<String>> found = new HashSet<>();
        Map<String, Integer> number = new HashMap<>();
        Map<String, Integer> low = new HashMap<>();
        Deque<String> open = new ArrayDeque<>();
        for (String start : new ArrayList<>(uses.keySet())) {
            if (!number.containsKey(start)) {
                visit(start, uses, number, low, open, found);
            }
        }
        return found;
    }

    private static void visit(
            String at,
            Map<String, Set<String>> uses,
            Map<String, Integer> number,
            Map<String, Integer> low,
            Deque<String> open,
            Set<Set<String>> found) {
        number.put(at, number.size());
        low.put(at, number.get(at));
        open.push(at);
        for (String next : uses.getOrDefault(at, Set.of())) {
            if (!number.containsKey(next)) {
                visit(next, uses, number, low, open, found);
                low.merge(at, low.get(next), Math::min);
            } else if (open.contains(next)) {
                low.merge(at, number.get(next), Math::min);
            }
        }
        if (low.get(at).equals(number.get(at))) {
            List<String> circle = new ArrayList<>();
            do {
                circle.add(open.pop());
            } while (!circle.get(circle.size() - 1).equals(at));
            if (circle.size() > 1) {
                found.add(new TreeSet<>(circle));
            }
        }
    }
}
