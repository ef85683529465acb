package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;
import static org.jxapi.cli.command.Command.Flag.HOST_SELECTORS;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.ExitException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;

/** The commands that configure a host. */
final class HostSetupCommands {
    private static final String NEED_FORCE = "This operation is for single hosts that cannot reach the external"
            + " authentication service. This operation must be forced (use --force).";

    private HostSetupCommands() {}

    static void declare(CommandTable t) {
        management(t);
        certificates(t);
        licences(t);
        t.hosts(
                "host-enable-local-storage-caching",
                "sr-uuid",
                "",
                "Allows hosts to cache shared disks on a local SR.",
                Scope.PLAIN,
                (c, host) -> c.call("host.enable_local_storage_caching", host.ref(), c.ref("SR", "sr-uuid")));
        t.hosts(
                "host-disable-local-storage-caching",
                "",
                "",
                "Stops hosts from caching shared disks on a local SR.",
                Scope.PLAIN,
                (c, host) -> c.call("host.disable_local_storage_caching", host.ref()));
        t.hosts(
                "host-set-power-on-mode",
                "power-on-mode",
                "power-on-config",
                "Sets the method that powers hosts on over the network.",
                Scope.PLAIN,
                (c, host) -> c.call(
                        "host.set_power_on_mode", host.ref(), c.need("power-on-mode"), c.map("power-on-config")));
        t.hosts(
                "host-enable-ssh",
                "",
                "",
                "Enables SSH access to hosts.",
                Scope.PLAIN,
                (c, h) -> c.call("host.enable_ssh", h.ref()));
        t.hosts(
                "host-disable-ssh",
                "",
                "",
                "Disables SSH access to hosts.",
                Scope.PLAIN,
                (c, h) -> c.call("host.disable_ssh", h.ref()));
        t.hosts(
                "host-apply-updates",
                "hash",
                "",
                "Installs updates from the pool's repositories on hosts.",
                Scope.ONE,
                (c, host) -> {
                    for (Object line : (List<?>) c.call("host.apply_updates", host.ref(), c.need("hash"))) {
                        c.message(String.join(
                                "; ",
                                ((List<?>) line).stream().map(String::valueOf).toList()));
                    }
                });
        t.add(
                "host-sm-dp-destroy",
                "uuid dp",
                "allow-leak",
                "Removes a storage data path of a host.",
                c -> c.call("host.sm_dp_destroy", c.ref("host"), c.need("dp"), c.flag("allow-leak")));
        t.add(
                "host-update-firewalld-service-status",
                "",
                "",
                "Updates the host's firewall to match its current services.",
                c -> c.call("host.update_firewalld_service_status"));
    }

    private static void management(CommandTable t) {
        t.add(
                "host-management-reconfigure",
                "pif-uuid",
                "",
                "Sets the host's management interface.",
                c -> c.call("host.management_reconfigure", c.ref("PIF", "pif-uuid")));
        t.add(
                "host-management-disable",
                "",
                "",
                "Disables the management interface.",
                c -> c.call("host.management_disable"));
        t.add(
                "host-emergency-management-reconfigure",
                "interface",
                "",
                "Sets the management interface by name; for emergencies, when the database cannot be read.",
                c -> c.call("host.local_management_reconfigure", c.need("interface")));
        t.add(
                "host-emergency-ha-disable",
                "",
                "force soft",
                "Turns off high availability on this host only; for emergencies.",
                c -> {
                    c.needForce();
                    c.call("host.emergency_ha_disable", c.flag("soft"));
                });
        t.add(
                "host-emergency-clear-mandatory-guidance",
                "",
                "",
                "Clears the pending mandatory guidance of updates on this host; for emergencies.",
                c -> c.call("host.emergency_clear_mandatory_guidance"));
        t.add(
                "host-signal-networking-change",
                "",
                "",
                "Notifies the daemon of changes in the host's network.",
                c -> c.call("host.signal_networking_change"),
                HIDDEN);
        t.add(
                "host-notify",
                "type",
                "params",
                "Notifies the daemon of an event.",
                c -> c.call("host.notify", c.need("type"), c.get("params", "")),
                HIDDEN);
        t.add(
                "host-syslog-reconfigure",
                "host-uuid",
                "",
                "Applies a host's changed logging settings.",
                c -> c.call("host.syslog_reconfigure", c.ref("host", "host-uuid")));
        t.add(
                "host-set-hostname-live",
                "host-uuid host-name",
                "",
                "Changes a host's host name.",
                c -> c.call("host.set_hostname_live", c.ref("host", "host-uuid"), c.need("host-name")),
                HOST_SELECTORS);
    }

    private static void certificates(CommandTable t) {
        t.hosts(
                "host-refresh-server-certificate",
                "host",
                "",
                "Replaces the certificate that a host uses inside the pool.",
                Scope.ONE,
                (c, host) -> c.call("host.refresh_server_certificate", host.ref()));
        t.hosts(
                "host-server-certificate-install",
                "certificate private-key",
                "certificate-chain",
                "Installs a TLS certificate from PEM files.",
                Scope.ONE,
                (c, host) -> c.call(
                        "host.install_server_certificate",
                        host.ref(),
                        c.file("certificate", "certificate"),
                        c.file("private-key", "private key"),
                        c.has("certificate-chain") ? c.file("certificate-chain", "certificate chain") : ""));
        t.hosts(
                "host-reset-server-certificate",
                "",
                "",
                "Replaces the TLS certificate of hosts with a new self-signed one.",
                Scope.ONE,
                (c, host) -> c.call("host.reset_server_certificate", host.ref()));
        emergency(
                t,
                "reset-server-certificate",
                "Replaces this host's TLS certificate with a new self-signed one; for emergencies, when the"
                        + " coordinator is unreachable.");
        emergency(
                t,
                "disable-tls-verification",
                "Stops this host from checking the certificates of other hosts; for emergencies, when a wrong"
                        + " certificate cuts it off from its pool.");
        emergency(
                t,
                "reenable-tls-verification",
                "Makes this host check the certificates of other hosts again, after"
                        + " host-emergency-disable-tls-verification.");
    }

    private static void emergency(CommandTable t, String what, String help) {
        t.add("host-emergency-" + what, "", "", help, c -> c.call("host.emergency_" + what.replace('-', '_')));
    }

    private static void licences(CommandTable t) {
        t.add("host-license-add", "license-file", "host-uuid", "Installs a licence file.", c -> {
            Ref<?> host = c.hostOrThis("host-uuid");
            String licence = c.file("license-file", "license file.");
            try {
                c.call(
                        "host.license_add",
                        host,
                        Base64.getEncoder().encodeToString(licence.getBytes(StandardCharsets.UTF_8)));
            } catch (XenApiException e) {
                c.wire().printStderr("Failed to apply license file.\n");
                throw new ExitException(1);
            }
            c.say("License applied.");
        });
        t.add(
                "host-license-remove",
                "",
                "host-uuid",
                "Removes a host's licence.",
                c -> c.call("host.license_remove", c.hostOrThis("host-uuid")));
        t.add(
                "host-apply-edition",
                "edition",
                "host-uuid license-server-address license-server-port",
                "Sets the licence edition of a host.",
                c -> c.call("host.apply_edition", c.hostOrThis("host-uuid"), c.need("edition"), false));
        t.add(
                "host-refresh-pack-info",
                "host-uuid",
                "",
                "Refreshes the list of supplemental packs that a host has.",
                c -> c.call("host.refresh_pack_info", c.ref("host", "host-uuid")),
                HIDDEN);
        t.add(
                "host-enable-external-auth",
                "host-uuid auth-type service-name",
                "config:",
                "Enables logins to a host by users of a directory.",
                c -> {
                    forced(c);
                    c.call(
                            "host.enable_external_auth",
                            c.ref("host", "host-uuid"),
                            c.map("config"),
                            c.need("service-name"),
                            c.need("auth-type"));
                },
                HIDDEN);
        t.add(
                "host-disable-external-auth",
                "host-uuid",
                "config:",
                "Disables logins to a host by users of the directory.",
                c -> {
                    forced(c);
                    c.call("host.disable_external_auth", c.ref("host", "host-uuid"), c.map("config"), true);
                },
                HIDDEN);
        t.add(
                "host-external-auth-set-ldaps",
                "host-uuid ldaps",
                "force",
                "Enables or disables TLS for connections to the directory.",
                c -> c.call(
                        "host.external_auth_set_ldaps", c.ref("host", "host-uuid"), c.flag("ldaps"), c.flag("force")),
                HIDDEN);
    }

    private static void forced(Context c) {
        if (!c.has("force")) {
            throw new CliException(NEED_FORCE);
        }
    }
}
