package org.jxapi.neighbour.guest;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The actions after a shutdown, reboot or crash of a guest, as configurations of xl give them. */
final class XlActions {
    private static final Map<String, String> NORMAL = Map.of(
            "destroy", "destroy",
            "restart", "restart",
            "rename-restart", "restart",
            "coredump-destroy", "destroy",
            "coredump-restart", "restart");
    private static final Map<String, String> CRASH = Map.of(
            "destroy", "destroy",
            "restart", "restart",
            "preserve", "preserve",
            "rename-restart", "rename_restart",
            "coredump-destroy", "coredump_and_destroy",
            "coredump-restart", "coredump_and_restart");
    private static final Map<String, String> SOFT =
            Map.of("destroy", "destroy", "restart", "restart", "preserve", "preserve", "soft-reset", "soft_reboot");

    private final XlSettings config;
    private final PlanBuilder plan;

    XlActions(XlSettings config, PlanBuilder plan) {
        this.config = config;
        this.plan = plan;
    }

    void read() {
        action("on_poweroff", "destroy", NORMAL, "actions_after_shutdown");
        action("on_reboot", "restart", NORMAL, "actions_after_reboot");
        action("on_crash", "destroy", CRASH, "actions_after_crash");
        action("on_soft_reset", "soft-reset", SOFT, "actions_after_softreboot");
    }

    private void action(String name, String otherwise, Map<String, String> known, String field) {
        PlanBuilder.ConfigKey key = config.key(name);
        String given = config.text(name).orElse(otherwise);
        apply(plan, config.has(name) ? key : null, given, known, field, otherwise);
    }

    /** The actions that libvirt writes with other words. */
    static void libvirt(PlanBuilder plan, PlanBuilder.ConfigKey key, String given, boolean crash, String field) {
        apply(plan, key, given, crash ? CRASH : NORMAL, field, field.endsWith("reboot") ? "restart" : "destroy");
    }

    /** @param key null when the configuration says nothing, and the default counts */
    private static void apply(
            PlanBuilder plan,
            PlanBuilder.@Nullable ConfigKey key,
            String given,
            Map<String, String> known,
            String field,
            String otherwise) {
        String action = known.get(given);
        plan.set(field, action == null ? Objects.requireNonNull(known.get(otherwise), otherwise) : action);
        if (key == null) {
            return;
        }
        String shown = field.replace('_', '-') + "=" + action;
        if (action == null) {
            plan.refused(
                    key,
                    "\"" + given + "\" is not possible here; there are " + new java.util.TreeSet<>(known.keySet()));
        } else if (action.equals(given)) {
            plan.taken(key, shown);
        } else {
            plan.translated(key, shown);
        }
    }
}
