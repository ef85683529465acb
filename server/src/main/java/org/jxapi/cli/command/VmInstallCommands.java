package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.Filters;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VM;

/** vm-install: a VM from a template. */
final class VmInstallCommands {
    /** An attribute of the disks that a template describes in its other_config. */
    private static final Pattern DISK_SR = Pattern.compile("(<disk\\b[^>]*\\bsr=)(\"[^\"]*\"|'[^']*')");

    private static final Pattern WANTS_VENDOR_DEVICE =
            Pattern.compile("<restriction\\b(?=[^>]*\\bfield=\"has-vendor-device\")(?=[^>]*\\bvalue=\"true\")[^>]*>");

    private VmInstallCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-install",
                "new-name-label",
                "sr-name-label sr-uuid template copy-bios-strings-from " + String.join(" ", CloudImage.PARAMETERS),
                "Creates a VM from a template, with the disks that the template describes. Name the template with"
                        + " template-uuid, template-name-label or template; copy-bios-strings-from is the UUID of a"
                        + " host. With image, the VM has one disk, made of that cloud image, and a drive with"
                        + " cloud-config and ssh-key for its first boot.",
                VmInstallCommands::install,
                STANDARD);
    }

    private static void install(Context c) throws IOException {
        Ref<?> template = template(c);
        if (!c.api().get(VM.IS_A_TEMPLATE, template)) {
            throw new CliException("Can only install from templates");
        }
        boolean snapshot = c.api().get(VM.IS_A_SNAPSHOT, template);
        if (snapshot && (c.has("sr-name-label") || c.has("sr-uuid"))) {
            throw new CliException("Do not use the sr-name-label or sr-uuid argument when installing from a snapshot:"
                    + " its disks stay on the SRs where they are.");
        }
        Optional<CloudImage> image = CloudImage.read(c);
        Optional<Ref<?>> sr = sr(c);
        if (image.isPresent()) {
            refuseDisks(c, template);
        }
        String srUuid = sr.map(c.api()::uuid).orElseGet(() -> defaultSr(c, template));
        Ref<?> suspendSr = sr.orElseGet(() -> c.api().get(VM.SUSPEND_SR, template));
        String name = c.need("new-name-label");
        Ref<?> vm = (Ref<?>)
                (sr.isEmpty() ? c.call("VM.clone", template, name) : c.call("VM.copy", template, name, sr.get()));
        try {
            c.call("VM.set_name_description", vm, "Installed via xe CLI");
            c.call("VM.set_suspend_SR", vm, suspendSr);
            if (image.isPresent()) {
                c.call("VM.remove_from_other_config", vm, "disks");
            } else {
                placeDisks(c, vm, srUuid);
            }
            c.call("VM.set_has_vendor_device", vm, wantsVendorDevice(c, template));
            c.call("VM.provision", vm);
            if (c.has("copy-bios-strings-from")) {
                c.call("VM.copy_bios_strings", vm, c.ref("host", "copy-bios-strings-from"));
            }
            if (image.isPresent()) {
                image.get().install(vm, c.api().byUuid("SR", srUuid));
            }
        } catch (XenApiException | CliException | IOException e) {
            discard(c.api(), vm);
            image.ifPresent(CloudImage::discard);
            throw e;
        }
        c.printUuid(vm);
    }

    private static void refuseDisks(Context c, Ref<?> template) {
        if (!c.api().get(VM.VBDS, template).isEmpty()) {
            throw new CliException(
                    "The template has disks of its own. Use one without, such as a cloud image template.");
        }
        Ref<?> sr = c.api().get(Pool.DEFAULT_SR, c.api().pool());
        if (!c.has("sr-uuid")
                && !c.has("sr-name-label")
                && c.api().neighbour(sr).isEmpty()) {
            throw new CliException("Failed to find a valid default SR for the Pool. Please provide an sr-name-label or"
                    + " sr-uuid parameter.");
        }
    }

    private static void discard(Api api, Ref<?> vm) {
        try {
            api.call("VM.destroy", vm);
        } catch (XenApiException e) {
            // the user needs the first error
        }
    }

    private static Ref<?> template(Context c) {
        if (c.has("template-uuid")) {
            try {
                return c.ref("VM", "template-uuid");
            } catch (XenApiException e) {
                throw new CliException("Cannot find template");
            }
        }
        if (c.has("template-name-label") || c.has("template-name")) {
            return templateNamed(c, c.get("template-name-label", c.get("template-name", "")));
        }
        if (!c.has("template")) {
            throw new CliException("Template must be specified by parameter 'template-uuid', 'template-name',"
                    + " 'template-name-label' or 'template'");
        }
        try {
            return c.ref("VM", "template");
        } catch (XenApiException e) {
            return templateNamed(c, c.need("template"));
        }
    }

    private static Ref<?> templateNamed(Context c, String name) {
        List<CliObject> templates = Filters.choose(
                CliObject.all(c.api(), RecordKinds.get("vm")),
                List.of(
                        new Param("name-label", name),
                        new Param("is-a-template", "true"),
                        new Param("is-control-domain", "false")));
        return switch (templates.size()) {
            case 0 -> throw new CliException("No templates matched", Selection.question(c.api(), "template", name));
            case 1 -> templates.get(0).ref();
            default -> throw new CliException("More than one matching template found");
        };
    }

    /** The SR that the parameters name. */
    private static Optional<Ref<?>> sr(Context c) {
        Optional<Ref<?>> sr = c.has("sr-uuid") ? Optional.of(c.ref("SR", "sr-uuid")) : Optional.empty();
        if (!c.has("sr-name-label")) {
            return sr;
        }
        List<Ref<?>> named = c.api().byName("SR", c.need("sr-name-label"));
        if (named.isEmpty()) {
            throw new CliException(
                    "No SR with that name-label found", Selection.question(c.api(), "sr", c.need("sr-name-label")));
        }
        if (sr.isPresent()) {
            if (!named.contains(sr.get())) {
                throw new CliException("SR specified via sr-uuid doesn't have the name specified via sr-name-label");
            }
            return sr;
        }
        if (named.size() > 1) {
            throw new CliException("Multiple SRs with that name-label found");
        }
        return Optional.of(named.get(0));
    }

    private static String defaultSr(Context c, Ref<?> template) {
        Ref<?> sr = c.api().get(Pool.DEFAULT_SR, c.api().pool());
        if (c.api().neighbour(sr).isPresent()) {
            return c.api().uuid(sr);
        }
        if (c.api().get(VM.OTHER_CONFIG, template).containsKey("disks")) {
            throw new CliException("Failed to find a valid default SR for the Pool. Please provide an sr-name-label or"
                    + " sr-uuid parameter.");
        }
        return "";
    }

    /** Puts the disks that the template describes onto the chosen SR. */
    private static void placeDisks(Context c, Ref<?> vm, String srUuid) {
        Map<String, String> config = c.api().get(VM.OTHER_CONFIG, vm);
        String disks = config.get("disks");
        if (disks != null) {
            c.call("VM.remove_from_other_config", vm, "disks");
            c.call("VM.add_to_other_config", vm, "disks", DISK_SR.matcher(disks).replaceAll("$1\"" + srUuid + "\""));
        }
    }

    private static boolean wantsVendorDevice(Context c, Ref<?> template) {
        return !c.api().get(Pool.POLICY_NO_VENDOR_DEVICE, c.api().pool())
                && WANTS_VENDOR_DEVICE
                        .matcher(c.api().get(VM.RECOMMENDATIONS, template))
                        .find();
    }
}
