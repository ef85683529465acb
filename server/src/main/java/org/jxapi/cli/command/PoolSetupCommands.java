package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.DEPRECATED;
import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.cli.record.EnumNames;
import org.jxapi.cli.thin.CliException;
import org.jxapi.xenapi.CertificatePurpose;
import org.jxapi.xenapi.UpdateSyncFrequency;

/** The commands that configure the pool. */
final class PoolSetupCommands {
    private PoolSetupCommands() {}

    static void declare(CommandTable t) {
        certificates(t);
        authentication(t);
        updates(t);
        t.add(
                "pool-enable-redo-log",
                "sr-uuid",
                "",
                "Starts writing database changes to an SR.",
                c -> c.call("pool.enable_redo_log", c.ref("SR", "sr-uuid")));
        t.add(
                "pool-disable-redo-log",
                "",
                "",
                "Stops writing database changes to an SR.",
                c -> c.call("pool.disable_redo_log"));
        t.add(
                "pool-set-vswitch-controller",
                "address",
                "",
                "Sets the controller of the hosts' virtual switches.",
                c -> c.call("pool.set_vswitch_controller", c.need("address")),
                HIDDEN);
        t.add(
                "pool-disable-ssl-legacy",
                "",
                "uuid",
                "Does nothing: old TLS versions are disabled already.",
                c -> {},
                DEPRECATED);
        t.add(
                "pool-secret-rotate",
                "",
                "",
                "Replaces the secret that the pool's hosts share.",
                c -> c.call("pool.rotate_secret"));
        t.add(
                "pool-reset-telemetry-uuid",
                "",
                "",
                "Creates a new identity for telemetry.",
                c -> c.call("pool.reset_telemetry_uuid", c.pool()));
        t.add(
                "pool-enable-local-storage-caching",
                "uuid",
                "",
                "Turns on caching on local SRs for all hosts.",
                c -> c.call("pool.enable_local_storage_caching", c.api().pool()));
        t.add(
                "pool-disable-local-storage-caching",
                "uuid",
                "",
                "Turns off caching on local SRs for all hosts.",
                c -> c.call("pool.disable_local_storage_caching", c.api().pool()));
        t.add(
                "pool-apply-edition",
                "edition",
                "uuid license-server-address license-server-port",
                "Sets the licence edition of all hosts.",
                c -> c.call("pool.apply_edition", c.pool(), c.need("edition")));
        t.add("pool-enable-ssh", "", "", "Enables SSH access to all hosts.", c -> c.call("pool.enable_ssh", c.pool()));
        t.add(
                "pool-disable-ssh",
                "",
                "",
                "Disables SSH access to all hosts.",
                c -> c.call("pool.disable_ssh", c.pool()));
    }

    /** The name of the client's file without its folders. */
    private static String baseName(Context c) {
        String file = c.need("filename");
        return file.substring(file.lastIndexOf('/') + 1);
    }

    private static void certificates(CommandTable t) {
        t.add(
                "pool-certificate-install",
                "filename",
                "",
                "Installs a CA certificate on all hosts.",
                c -> c.call("pool.install_ca_certificate", baseName(c), c.file("filename", "certificate")),
                DEPRECATED);
        t.add(
                "pool-install-ca-certificate",
                "filename",
                "",
                "Installs a CA certificate on all hosts.",
                c -> c.call("pool.install_ca_certificate", baseName(c), c.file("filename", "certificate")));
        t.add(
                "pool-certificate-uninstall",
                "name",
                "",
                "Removes a CA certificate from all hosts.",
                c -> c.call("pool.uninstall_ca_certificate", c.need("name"), c.flag("force")),
                DEPRECATED);
        t.add(
                "pool-uninstall-ca-certificate",
                "name",
                "force",
                "Removes a CA certificate from all hosts.",
                c -> c.call("pool.uninstall_ca_certificate", c.need("name"), c.flag("force")));
        t.add(
                "pool-certificate-list",
                "",
                "",
                "Lists the CA certificates.",
                c -> c.printAll(c.call("pool.certificate_list")),
                DEPRECATED);
        t.add(
                "pool-crl-install",
                "filename",
                "",
                "Installs a certificate revocation list on all hosts.",
                c -> c.call("pool.crl_install", baseName(c), c.file("filename", "CRL")));
        t.add(
                "pool-crl-uninstall",
                "name",
                "",
                "Removes a certificate revocation list.",
                c -> c.call("pool.crl_uninstall", c.need("name")));
        t.add(
                "pool-crl-list",
                "",
                "",
                "Lists the installed certificate revocation lists.",
                c -> c.printAll(c.call("pool.crl_list")));
        t.add(
                "pool-certificate-sync",
                "",
                "",
                "Synchronizes certificates and revocation lists to all hosts.",
                c -> c.call("pool.certificate_sync"));
        t.add(
                "pool-enable-tls-verification",
                "",
                "",
                "Makes hosts verify each other's certificates.",
                c -> c.call("pool.enable_tls_verification"));
        t.add(
                "pool-enable-client-certificate-auth",
                "name",
                "",
                "Enables logins with a client certificate.",
                c -> c.call("pool.enable_client_certificate_auth", c.pool(), c.need("name")));
        t.add(
                "pool-disable-client-certificate-auth",
                "",
                "",
                "Disables logins with a client certificate.",
                c -> c.call("pool.disable_client_certificate_auth", c.pool()));
        t.add(
                "pool-install-trusted-certificate",
                "filename ca",
                "uuid purpose",
                "Installs a certificate that the hosts trust.",
                c -> {
                    List<String> purposes = new ArrayList<>();
                    c.line().words("purpose").forEach(p -> purposes.add(EnumNames.parse(CertificatePurpose.TYPE, p)));
                    c.call(
                            "pool.install_trusted_certificate",
                            c.pool(),
                            c.line().flag("ca", true),
                            c.file("filename", "certificate"),
                            purposes);
                });
        t.add(
                "pool-uninstall-trusted-certificate",
                "certificate-uuid",
                "uuid",
                "Removes a certificate that the hosts trust.",
                c -> c.call("pool.uninstall_trusted_certificate", c.pool(), c.ref("Certificate", "certificate-uuid")));
    }

    private static void authentication(CommandTable t) {
        t.add(
                "pool-enable-external-auth",
                "auth-type service-name",
                "uuid config:",
                "Enables logins by users of a directory.",
                c -> c.call(
                        "pool.enable_external_auth",
                        c.pool(),
                        c.map("config"),
                        c.need("service-name"),
                        c.need("auth-type")));
        t.add(
                "pool-disable-external-auth",
                "",
                "uuid config:",
                "Disables logins by users of the directory.",
                c -> c.call("pool.disable_external_auth", c.pool(), c.map("config")));
        t.add(
                "pool-external-auth-set-ldaps",
                "ldaps",
                "uuid force",
                "Enables or disables TLS for connections to the directory.",
                c -> c.call("pool.external_auth_set_ldaps", c.pool(), c.flag("ldaps"), c.flag("force")));
    }

    private static void updates(CommandTable t) {
        t.add(
                "pool-sync-updates",
                "",
                "force token token-id username password",
                "Synchronizes the pool's repositories; prints the hash of their new state.",
                c -> c.print(c.call(
                        "pool.sync_updates",
                        c.pool(),
                        c.flag("force"),
                        c.get("token", ""),
                        c.get("token-id", ""),
                        c.get("username", ""),
                        c.get("password", ""))));
        t.add(
                "pool-configure-repository-proxy",
                "proxy-url",
                "proxy-username proxy-password",
                "Sets the proxy for the update repositories.",
                c -> c.call(
                        "pool.configure_repository_proxy",
                        c.pool(),
                        c.need("proxy-url"),
                        c.get("proxy-username", ""),
                        c.get("proxy-password", "")));
        t.add(
                "pool-disable-repository-proxy",
                "",
                "",
                "Removes the proxy for the update repositories.",
                c -> c.call("pool.disable_repository_proxy", c.pool()));
        t.add(
                "pool-configure-update-sync",
                "update-sync-frequency update-sync-day",
                "",
                "Sets the schedule of checks for updates.",
                c -> {
                    String frequency = EnumNames.parse(UpdateSyncFrequency.TYPE, c.need("update-sync-frequency"));
                    c.call("pool.configure_update_sync", c.pool(), frequency, day(c, frequency));
                });
        t.add(
                "pool-set-update-sync-enabled",
                "value",
                "",
                "Turns regular checks for updates on or off.",
                c -> c.call("pool.set_update_sync_enabled", c.pool(), c.flag("value")));
    }

    private static long day(Context c, String frequency) {
        if (!frequency.equals("weekly")) {
            return 0;
        }
        String day = c.get("update-sync-day", "");
        if (!day.matches("[0-6]")) {
            throw new CliException("Invalid value for day picked, must be an integer from 0 to 6");
        }
        return Long.parseLong(day);
    }
}
