package org.jxapi.cli.record;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;

/** API errors in words: what happened, then a line for each parameter. */
public final class ErrorText {
    private static final String SEVERAL = "VMS_FAILED_TO_COOPERATE";

    private ErrorText() {}

    /** The lines; none for a code that the model does not know. Objects are named by uuid and name. */
    public static Optional<List<String>> lines(Api api, XenApiException error) {
        List<String> names = Errors.params().get(error.code());
        if (names == null) {
            return Optional.empty();
        }
        if (error.code().equals(SEVERAL)) {
            names = Collections.nCopies(error.params().size(), "VM");
        }
        List<String> lines = new ArrayList<>();
        lines.add(Errors.description(error.code()));
        for (int i = 0; i < Math.max(names.size(), error.params().size()); i++) {
            String name = i < names.size() ? names.get(i) : "<extra>";
            String value = i < error.params().size() ? shown(api, error.params().get(i)) : "<unknown>";
            lines.add(name + ": " + value);
        }
        return Optional.of(lines);
    }

    /** A parameter of an error; without a session, as it is. */
    public static String shown(Api api, String param) {
        return api == null ? param : api.shown(param);
    }

    /** An error in one line, as in reports. */
    public static String brief(XenApiException error) {
        return error.code() + ": [ " + String.join("; ", error.params()) + " ]";
    }
}
