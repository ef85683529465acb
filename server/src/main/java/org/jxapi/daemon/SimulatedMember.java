package org.jxapi.daemon;

import org.jxapi.certificate.ShownCertificates;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.host.PlainHttp;
import org.jxapi.xenapi.Errors;

/** The listeners of a simulated member: it has none, so clients see no certificate of its own. */
enum SimulatedMember implements ShownCertificates, PlainHttp {
    WITHOUT_LISTENERS;

    @Override
    public String pem() {
        throw refusal();
    }

    @Override
    public void install(String certificate, String privateKey, String chain) {
        throw refusal();
    }

    @Override
    public void reset(String hostname) {
        throw refusal();
    }

    @Override
    public String poolPem() {
        throw refusal();
    }

    @Override
    public Renewal renew(String uuid) {
        throw refusal();
    }

    @Override
    public void use(String next) {
        throw refusal();
    }

    private static XenApiException refusal() {
        return Errors.notImplemented("the server certificate of a simulated member");
    }

    @Override
    public boolean servesTls() {
        return true;
    }

    @Override
    public void serve(boolean wanted) {
        // It serves neither.
    }
}
