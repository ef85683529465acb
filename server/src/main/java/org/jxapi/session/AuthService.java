package org.jxapi.session;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.AuthMessages;
import org.jxapi.xenapi.Subject;

/** The messages of class auth: questions to the directory; xapi_auth.ml. */
public final class AuthService implements AuthMessages<Call> {
    private final Store store;
    private final ExternalAuth external;

    public AuthService(Store store, ExternalAuth external) {
        this.store = store;
        this.external = external;
    }

    @Override
    public String getSubjectIdentifier(Call call, String subjectName) {
        return external.ask(directory -> directory.identifier(subjectName));
    }

    /** The record of a subject has it. The directory is asked about others. */
    @Override
    public Map<String, String> getSubjectInformationFromIdentifier(Call call, String subjectIdentifier) {
        Optional<Map<String, String>> known = store.snapshot().all(Subject.XEN_CLASS).stream()
                .filter(subject -> subject.row().get(Subject.SUBJECT_IDENTIFIER).equals(subjectIdentifier))
                .findFirst()
                .map(subject -> subject.row().get(Subject.OTHER_CONFIG));
        return known.orElseGet(() ->
                external.ask(directory -> directory.account(subjectIdentifier).information()));
    }

    @Override
    public List<String> getGroupMembership(Call call, String subjectIdentifier) {
        return external.ask(directory -> directory.groups(subjectIdentifier));
    }
}
