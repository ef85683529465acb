package org.jxapi.certificate;

/** The certificates that a host shows: one to its clients, and one to the hosts of its pool. */
public interface ShownCertificates {
    /** The one for clients in PEM form. */
    String pem();

    /** Shows another one to clients, with the errors of host.install_server_certificate for what cannot be one. */
    void install(String certificate, String privateKey, String chain);

    /**
     * Shows a new self-signed one to clients.
     *
     * @param hostname its first name
     */
    void reset(String hostname);

    /** The one for the hosts of the pool in PEM form. */
    String poolPem();

    /**
     * Makes a new certificate for the hosts of the pool, which is not shown yet.
     *
     * @param uuid that of the host
     */
    Renewal renew(String uuid);

    /**
     * Shows the certificate that was made last to the hosts that connect from now on. INTERNAL_ERROR for another one.
     *
     * @param next it in PEM form
     */
    void use(String next);

    /**
     * The certificates of a renewal, in PEM form.
     *
     * @param shown the one that hosts of the pool see until then
     * @param next the new one
     */
    record Renewal(String shown, String next) {}
}
