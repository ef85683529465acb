package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.Setting;
import org.jxapi.neighbour.syntax.SyntaxException;

/** The settings of a configuration of xl, by type. It remembers which were used. */
final class XlSettings {
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Set<String> used = new TreeSet<>();

    XlSettings(List<Setting> all) {
        all.forEach(setting -> settings.put(setting.name(), setting));
    }

    Collection<Setting> all() {
        return settings.values();
    }

    boolean used(String name) {
        return used.contains(name);
    }

    boolean has(String name) {
        return settings.containsKey(name);
    }

    /** The value of a setting that is given. It counts as used. */
    Object value(String name) {
        used.add(name);
        return Objects.requireNonNull(settings.get(name), name).value();
    }

    int line(String name) {
        Setting setting = settings.get(name);
        return setting == null ? 1 : setting.line();
    }

    ConfigKey key(String name) {
        return new ConfigKey(name, line(name));
    }

    /** Text, or a number as text; nothing when it is not given, or None. */
    Optional<String> text(String name) {
        if (!has(name) || value(name) == Setting.NONE) {
            return Optional.empty();
        }
        Object value = value(name);
        if (value instanceof List || value instanceof Map) {
            throw new SyntaxException(line(name), name + " is one text, not a list");
        }
        return Optional.of(String.valueOf(value).strip());
    }

    /** A number; xen-tools writes numbers as text. */
    Optional<Long> number(String name) {
        return text(name).filter(text -> !text.isEmpty()).map(text -> {
            if (!text.matches("-?\\d{1,15}")) {
                throw new SyntaxException(line(name), name + " is a whole number, not \"" + text + "\"");
            }
            return Long.valueOf(text);
        });
    }

    Optional<Boolean> bool(String name) {
        return text(name).filter(text -> !text.isEmpty()).map(text -> switch (text) {
            case "1", "true", "True", "yes", "on" -> true;
            case "0", "false", "False", "no", "off" -> false;
            default -> throw new SyntaxException(line(name), name + " is 0 or 1, not \"" + text + "\"");
        });
    }

    /** Texts: those of a list, or the one. */
    List<String> list(String name) {
        if (!has(name) || value(name) == Setting.NONE) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (Object one : value(name) instanceof List<?> list ? list : List.of(value(name))) {
            if (one instanceof List || one instanceof Map || one == Setting.NONE) {
                throw new SyntaxException(line(name), name + " is a list of texts");
            }
            texts.add(String.valueOf(one));
        }
        return texts;
    }
}
