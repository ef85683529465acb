package org.jxapi.datamodel;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The code behind explicit messages, by {@code Class.message}.
 *
 * @param <C> the server's context of a call
 */
public final class MessageTable<C> {
    /** Does what a message asks for; {@code args} are of the Java types of the message's parameters, in order. */
    public interface Body<C> {
        Object call(C context, Object[] args) throws Exception;
    }

    private final Map<String, Body<C>> bodies = new LinkedHashMap<>();

    public void bind(String fullName, Body<C> body) {
        if (bodies.put(fullName, body) != null) {
            throw new IllegalStateException(fullName + " is bound twice");
        }
    }

    /** The code of that message, or null. */
    public Body<C> get(String fullName) {
        return bodies.get(fullName);
    }
}
