package org.jxapi.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;

/** An error in a record. Text that the client gave is not repeated, since it may be secret. */
final class AuditError {
    /** Shorter texts are hidden only where they are a whole parameter of the error. */
    private static final int SHORT = 3;

    private final boolean secret;
    private final List<String> given = new ArrayList<>();

    AuditError(MessageModel message, Object[] arguments) {
        this.secret = message.secret();
        for (Object argument : arguments) {
            collect(argument);
        }
    }

    private void collect(Object value) {
        if (value instanceof String text) {
            given.add(text);
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(this::collect);
        } else if (value instanceof List<?> list) {
            list.forEach(this::collect);
        } else if (value instanceof Row<?> row) {
            row.model().publicFields().forEach(field -> collect(row.get(field.index())));
        }
    }

    /** {@code CODE: [ parameter; ... ]}, as XAPI writes errors. */
    String text(XenApiException error) {
        return error.code() + ": [ "
                + error.params().stream()
                        .map(param -> hidden(param) ? "..." : param)
                        .collect(Collectors.joining("; "))
                + " ]";
    }

    private boolean hidden(String param) {
        return secret
                || given.stream()
                        .anyMatch(text -> !text.isEmpty()
                                && (text.equals(param) || text.length() >= SHORT && param.contains(text)));
    }

    /** The error of an HTTP request, whose parameters have no secret except the session. */
    static String ofRequest(XenApiException error) {
        return error.code() + ": [ " + String.join("; ", error.params()) + " ]";
    }
}
