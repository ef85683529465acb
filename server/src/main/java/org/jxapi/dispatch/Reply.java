package org.jxapi.dispatch;

import java.util.List;
import org.jxapi.datamodel.Type;

/** The result of a call. */
public sealed interface Reply {
    /** A value of the message's declared type. */
    record Success(Type type, Object value) implements Reply {}

    /** A XenAPI error: code and parameters. */
    record Failure(String code, List<String> params) implements Reply {}

    /** The list of methods, which goes out without Status and Value in XML-RPC. */
    record Methods(List<String> names) implements Reply {}
}
