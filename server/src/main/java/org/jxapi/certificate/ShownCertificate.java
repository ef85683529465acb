package org.jxapi.certificate;

/** The certificate that a host shows to its clients. */
public interface ShownCertificate {
    /** It in PEM form. */
    String pem();

    /** Shows another one, with the errors of host.install_server_certificate for what cannot be one. */
    void install(String certificate, String privateKey, String chain);

    /**
     * Shows a new self-signed one.
     *
     * @param hostname its first name
     */
    void reset(String hostname);
}
