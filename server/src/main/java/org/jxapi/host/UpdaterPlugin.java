package org.jxapi.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.program.Program;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;

/**
 * XCP-ng's plug-in {@code updater.py}, as far as clients ask what there is to update: {@code check_update} lists the packages
 * of this host that apt would bring up to date, as JSON. It changes nothing; other functions do not exist.
 */
public final class UpdaterPlugin implements HostPlugin {
    /** Its name for host.call_plugin. */
    public static final String NAME = "updater.py";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A line of apt-get about a package that has a version already: name, new version, where that comes from. */
    private static final Pattern UPDATE =
            Pattern.compile("Inst (\\S+) \\[[^]]*] \\((\\S+) ([^\\[)]*?)\\s*(?:\\[[^]]*])?\\).*");

    private final boolean real;

    /** @param real whether this is a host of its own, and not a simulated one, which has no packages */
    public UpdaterPlugin(boolean real) {
        this.real = real;
    }

    @Override
    public String call(Ref<Session> caller, String function, Map<String, String> args) {
        if (!function.equals("check_update")) {
            // The error of upstream's python3/examples/XenAPIPlugin.py.
            throw new XenApiException("UNKNOWN_XENAPI_PLUGIN_FUNCTION", List.of(function));
        }
        if (!real) {
            return "[]";
        }
        try {
            String plan = Program.of("apt-get", "--simulate", "dist-upgrade")
                    .with("LC_ALL", "C")
                    .run();
            List<String> names = names(plan);
            String details = names.isEmpty()
                    ? ""
                    : Program.of(command(names)).with("LC_ALL", "C").run();
            return updates(plan, details);
        } catch (IOException e) {
            throw Errors.xenapiPluginFailure(function, "", Reason.withFile(e)).causedBy(e);
        }
    }

    private static List<String> command(List<String> names) {
        List<String> command = new ArrayList<>(List.of("apt-cache", "--no-all-versions", "show"));
        command.addAll(names);
        return command;
    }

    private static List<String> names(String plan) {
        return plan.lines()
                .map(UPDATE::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .toList();
    }

    /**
     * The packages that a plan updates, as clients of XCP-ng read them.
     *
     * @param plan the output of {@code apt-get --simulate}
     * @param details that of {@code apt-cache show} for these packages
     */
    static String updates(String plan, String details) {
        ArrayNode all = JSON.createArrayNode();
        plan.lines().map(UPDATE::matcher).filter(Matcher::matches).forEach(line -> {
            String name = line.group(1);
            ObjectNode update = all.addObject();
            String about = List.of(details.split("\n\n")).stream()
                    .filter(each -> field(each, "Package").equals(name))
                    .findFirst()
                    .orElse("");
            update.put("name", name);
            update.put("version", line.group(2));
            update.put("release", line.group(3));
            update.put("description", field(about, "Description(?:-en)?"));
            update.put("size", Long.parseLong("0" + field(about, "Size")));
            update.put("url", field(about, "Homepage"));
            // apt knows none of these.
            update.put("license", "");
            update.putNull("changelog");
        });
        return all.toString();
    }

    private static String field(String paragraph, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + ": (.*)$").matcher(paragraph);
        return matcher.find() ? matcher.group(1) : "";
    }
}
