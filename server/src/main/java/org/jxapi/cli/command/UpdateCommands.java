package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;
import static org.jxapi.cli.command.Command.Flag.HOST_SELECTORS;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenEnum;

/** The commands about patches and updates of hosts, and their repositories. */
final class UpdateCommands {
    private static final Set<String> UUID = Set.of("uuid");

    private UpdateCommands() {}

    static void declare(CommandTable t) {
        whole(t, "patch-destroy", "pool_patch", "Removes an unapplied patch from the pool.");
        whole(t, "patch-pool-apply", "pool_patch", "Applies a patch to all hosts of the pool.");
        whole(t, "patch-clean", "pool_patch", "Deletes the file of a patch from the coordinator.");
        whole(t, "patch-pool-clean", "pool_patch", "Deletes the file of a patch from all hosts.");
        onHost(t, "patch-precheck", "precheck", "Checks whether a patch can be applied to a host.");
        onHost(t, "patch-apply", "apply", "Applies a patch to a host and prints its output.");
        whole(t, "update-destroy", "pool_update", "Removes an unapplied update from the pool.");
        whole(t, "update-pool-apply", "pool_update", "Applies an update to all hosts of the pool.");
        whole(t, "update-pool-clean", "pool_update", "Deletes the files of an update from all hosts.");
        t.add(
                "update-introduce",
                "vdi-uuid",
                "",
                "Adds an update that is stored on a disk.",
                c -> c.printUuid(c.call("pool_update.introduce", c.ref("VDI", "vdi-uuid"))));
        t.add(
                "update-precheck",
                "uuid",
                "",
                "Checks whether an update can be applied to hosts.",
                c -> {
                    List<String> texts = new ArrayList<>();
                    Selection.each(c, HOST_SELECTORS, Scope.PLAIN, UUID, host -> {
                        Object result = c.call("pool_update.precheck", c.ref("pool_update"), host.ref());
                        texts.add(0, livepatch((XenEnum) result));
                    });
                    c.printAll(texts);
                },
                HOST_SELECTORS);
        t.add(
                "update-apply",
                "uuid",
                "",
                "Applies an update to hosts.",
                c -> Selection.each(
                        c,
                        HOST_SELECTORS,
                        Scope.PLAIN,
                        UUID,
                        host -> c.call("pool_update.apply", c.ref("pool_update"), host.ref())),
                HOST_SELECTORS);
        t.add(
                "update-resync-host",
                "host-uuid",
                "",
                "Refreshes the list of updates that a host has.",
                c -> c.call("pool_update.resync_host", c.ref("host", "host-uuid")),
                HIDDEN);
        t.add(
                "patch-upload",
                "file-name",
                "",
                "Uploads a patch and prints its UUID.",
                c -> upload(c, "/pool_patch_upload"));
        t.add(
                "update-upload",
                "file-name",
                "sr-uuid",
                "Uploads an update to an SR and prints its UUID.",
                c -> upload(c, "pool_update.introduce"));
        repositories(t);
    }

    private static void whole(CommandTable t, String name, String className, String help) {
        String message = name.substring(name.indexOf('-') + 1).replace('-', '_');
        t.add(name, "uuid", "", help, c -> c.call(className + "." + message, c.ref(className)));
    }

    private static void onHost(CommandTable t, String name, String message, String help) {
        t.add(
                name,
                "uuid host-uuid",
                "",
                help,
                c -> c.print(c.call("pool_patch." + message, c.ref("pool_patch"), c.ref("host", "host-uuid"))));
    }

    /** Patches and updates are XenServer's own: nothing here could apply one. */
    private static void upload(Context c, String missing) {
        if (c.has("sr-uuid")) {
            c.ref("SR", "sr-uuid");
        }
        throw new XenApiException("NOT_IMPLEMENTED", List.of(missing));
    }

    private static String livepatch(XenEnum status) {
        return switch (status.wire()) {
            case "ok_livepatch_complete" -> "Ok: Patch can be applied without reboot.";
            case "ok_livepatch_incomplete" -> "Ok: Patch can be applied, but a reboot will be required.";
            default -> "Ok.";
        };
    }

    private static void repositories(CommandTable t) {
        t.add(
                "repository-introduce",
                "name-label binary-url source-url update",
                "name-description gpgkey-path",
                "Adds an update repository.",
                c -> c.printUuid(c.call(
                        "Repository.introduce",
                        c.need("name-label"),
                        c.get("name-description", ""),
                        c.need("binary-url"),
                        c.need("source-url"),
                        c.flag("update"),
                        c.get("gpgkey-path", ""))));
        t.add(
                "repository-introduce-bundle",
                "name-label",
                "name-description",
                "Adds an update repository for bundle files.",
                c -> c.printUuid(
                        c.call("Repository.introduce_bundle", c.need("name-label"), c.get("name-description", ""))));
        t.add(
                "repository-introduce-remote-pool",
                "name-label binary-url certificate-file",
                "name-description",
                "Adds the update repository of another pool.",
                c -> c.printUuid(c.call(
                        "Repository.introduce_remote_pool",
                        c.need("name-label"),
                        c.get("name-description", ""),
                        c.need("binary-url"),
                        c.file("certificate-file", "certificate file"))));
        t.add(
                "repository-forget",
                "uuid",
                "",
                "Removes an update repository.",
                c -> c.call("Repository.forget", c.ref("Repository")));
        t.add(
                "repository-set-gpgkey-path",
                "uuid gpgkey-path",
                "",
                "Sets the public key of a repository.",
                c -> c.call("Repository.set_gpgkey_path", c.ref("Repository"), c.need("gpgkey-path")));
    }
}
