package org.jxapi.dispatch;

import java.util.List;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Message;
import org.jxapi.xenapi.XenModel;

/** Writes docs/coverage.md from the model, so that it cannot say anything else than the code. */
final class Coverage {
    private Coverage() {}

    static String text() {
        StringBuilder out =
                new StringBuilder("# Coverage\n\nGenerated from the model. Implicit messages (getters, setters,"
                        + " lookups, constructors) are offered for every class.\nA message that is not offered answers"
                        + " `NOT_IMPLEMENTED`, or what XAPI answers for removed and internal ones.\n\n");
        long offered = 0;
        long all = 0;
        StringBuilder classes = new StringBuilder();
        for (ClassModel model : XenModel.CLASSES) {
            List<Message> explicit = model.messages().stream()
                    .filter(m -> !m.implicit() && !m.hidden())
                    .toList();
            List<String> missing = explicit.stream()
                    .filter(m -> !m.offered())
                    .map(Message::name)
                    .toList();
            all += explicit.size();
            offered += explicit.size() - missing.size();
            if (!missing.isEmpty()) {
                classes.append("\n## ")
                        .append(model.name())
                        .append(" (")
                        .append(explicit.size() - missing.size())
                        .append(" of ")
                        .append(explicit.size())
                        .append(")\n\nNot offered: ")
                        .append(String.join(", ", missing))
                        .append(".\n");
            }
        }
        return out.append(offered)
                .append(" of ")
                .append(all)
                .append(" explicit messages are offered.\n")
                .append(classes)
                .toString();
    }
}
