package org.jxapi.directory;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A user or group of a directory.
 *
 * @param name its name, as {@code DOMAIN\\user} in Active Directory
 * @param identifier its identifier
 * @param group whether it is a group
 * @param state whether the directory lets the user log in
 * @param more other data about it, by XAPI's keys
 */
public record Account(String name, String identifier, boolean group, State state, Map<String, String> more) {
    /** Why a user may not log in. A group has no reason. */
    public record State(boolean disabled, boolean expired, boolean locked, boolean passwordExpired) {
        public static final State USABLE = new State(false, false, false, false);

        public boolean usable() {
            return equals(USABLE);
        }
    }

    /** XAPI's form, which {@code subject.other_config} has; authx.ml and extauth_plugin_ADwinbind.ml. */
    public Map<String, String> information() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("subject-name", name);
        all.putAll(more);
        all.put("subject-is-group", Boolean.toString(group));
        if (!group) {
            all.put("subject-account-disabled", Boolean.toString(state.disabled));
            all.put("subject-account-expired", Boolean.toString(state.expired));
            all.put("subject-account-locked", Boolean.toString(state.locked));
            all.put("subject-password-expired", Boolean.toString(state.passwordExpired));
        }
        return all;
    }
}
