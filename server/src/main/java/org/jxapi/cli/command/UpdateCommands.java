package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;
import static org.jxapi.cli.command.Command.Flag.HOST_SELECTORS;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.datamodel.XenEnum;

/** The commands about patches and updates of hosts, and their repositories. */
final class UpdateCommands {
    private static final Set<String> UUID = Set.of("uuid");

    private UpdateCommands() {}

    static void declare(CommandTable t) {
        for (String verb : List.of("destroy", "pool-apply", "clean", "pool-clean")) {
            t.add(
                    "patch-" + verb,
                    "uuid",
                    "",
                    "For a patch: " + verb.replace('-', ' ') + ".",
                    c -> c.call("pool_patch." + verb.replace('-', '_'), c.ref("pool_patch")));
        }
        for (String verb : List.of("precheck", "apply")) {
            t.add(
                    "patch-" + verb,
                    "uuid host-uuid",
                    "",
                    "For a patch and a host: " + verb + ".",
                    c -> c.print(c.call("pool_patch." + verb, c.ref("pool_patch"), c.ref("host", "host-uuid"))));
        }
        for (String verb : List.of("destroy", "pool-apply", "pool-clean")) {
            t.add(
                    "update-" + verb,
                    "uuid",
                    "",
                    "For an update: " + verb.replace('-', ' ') + ".",
                    c -> c.call("pool_update." + verb.replace('-', '_'), c.ref("pool_update")));
        }
        t.add(
                "update-introduce",
                "vdi-uuid",
                "",
                "Makes an update of a disk that holds it.",
                c -> c.printUuid(c.call("pool_update.introduce", c.ref("VDI", "vdi-uuid"))));
        t.add(
                "update-precheck",
                "uuid",
                "",
                "Says whether an update can be applied to hosts.",
                c -> {
                    List<Object> results = Selection.each(
                            c,
                            HOST_SELECTORS,
                            Scope.PLAIN,
                            UUID,
                            host -> c.call("pool_update.precheck", c.ref("pool_update"), host.ref()));
                    List<String> texts = new ArrayList<>();
                    results.forEach(r -> texts.add(livepatch((XenEnum) r)));
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
                "Reads anew which updates a host has.",
                c -> c.call("pool_update.resync_host", c.ref("host", "host-uuid")),
                HIDDEN);
        repositories(t);
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
                "Adds a repository of updates.",
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
                "Adds a repository that is filled from bundle files.",
                c -> c.printUuid(
                        c.call("Repository.introduce_bundle", c.need("name-label"), c.get("name-description", ""))));
        t.add(
                "repository-introduce-remote-pool",
                "name-label binary-url certificate-file",
                "name-description",
                "Adds another pool's repository.",
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
                "Removes a repository.",
                c -> c.call("Repository.forget", c.ref("Repository")));
        t.add(
                "repository-set-gpgkey-path",
                "uuid gpgkey-path",
                "",
                "Names a repository's key.",
                c -> c.call("Repository.set_gpgkey_path", c.ref("Repository"), c.need("gpgkey-path")));
    }
}
