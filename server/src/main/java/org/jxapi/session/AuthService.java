package org.jxapi.session;

import java.util.List;
import java.util.Map;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.AuthMessages;
import org.jxapi.xenapi.Errors;

/** The messages of class auth: there is no directory to ask, as on a host without external authentication. */
public final class AuthService implements AuthMessages<Call> {
    @Override
    public String getSubjectIdentifier(Call call, String subjectName) {
        throw Errors.authIsDisabled();
    }

    @Override
    public Map<String, String> getSubjectInformationFromIdentifier(Call call, String subjectIdentifier) {
        throw Errors.authIsDisabled();
    }

    @Override
    public List<String> getGroupMembership(Call call, String subjectIdentifier) {
        throw Errors.authIsDisabled();
    }
}
