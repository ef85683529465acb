package org.jxapi.neighbour.syntax;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An element of an XML document.
 *
 * @param name without the prefix of its namespace
 * @param prefix of its name, such as {@code xen}; empty if it has none
 * @param text its own text, without that of its children and without white space around it
 * @param line where it begins, from 1
 */
public record Element(
        String prefix, String name, Map<String, String> attributes, String text, List<Element> children, int line) {

    public String attribute(String key) {
        return attributes.getOrDefault(key, "");
    }

    /** The first child of that name. */
    public Optional<Element> child(String wanted) {
        return children.stream().filter(child -> child.name.equals(wanted)).findFirst();
    }

    /** The attribute of the first child of that name; empty if there is none. */
    public String of(String wanted, String key) {
        return child(wanted).map(child -> child.attribute(key)).orElse("");
    }
}
