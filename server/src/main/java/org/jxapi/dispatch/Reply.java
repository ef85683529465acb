package org.jxapi.dispatch;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Type;

/** The result of a call. */
public sealed interface Reply {
    /**
     * A value of the message's declared type.
     *
     * @param value null for void, and for an option that is absent
     */
    record Success(Type type, @Nullable Object value) implements Reply {
        /** The value of a message that has one. */
        public Object result() {
            return Objects.requireNonNull(value, "the message has no value");
        }
    }

    /** A XenAPI error: code and parameters. */
    record Failure(String code, List<String> params) implements Reply {}

    /** The list of methods, which goes out without Status and Value in XML-RPC. */
    record Methods(List<String> names) implements Reply {}
}
