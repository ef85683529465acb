package org.jxapi.cli.record;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;

/** API errors in words: what happened, then a line for each parameter. */
public final class ErrorText {
    private static final String SEVERAL = "VMS_FAILED_TO_COOPERATE";

    private ErrorText() {}

    /**
     * The lines; none for a code that the model does not know.
     *
     * @param shown turns a parameter that is a reference into the uuid and name of its object
     */
    public static Optional<List<String>> lines(UnaryOperator<String> shown, XenApiException error) {
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
            String value =
                    i < error.params().size() ? shown.apply(error.params().get(i)) : "<unknown>";
            lines.add(name + ": " + value);
        }
        return Optional.of(lines);
    }

    /** An error in one line, as in reports. */
    public static String brief(XenApiException error) {
        return error.code() + ": [ " + String.join("; ", error.params()) + " ]";
    }
}
