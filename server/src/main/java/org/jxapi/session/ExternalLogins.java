package org.jxapi.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.directory.Account;
import org.jxapi.directory.Directory;
import org.jxapi.directory.DirectoryException;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Role;
import org.jxapi.xenapi.Subject;

/**
 * Logins of users of the directory, as in XAPI's xapi_session.ml: the directory checks the password, and the user or one
 * of the user's groups must be a subject with a role.
 */
final class ExternalLogins {
    private static final String MESSAGE = "session.login_with_password";

    private final Store store;
    private final ExternalAuth external;

    ExternalLogins(Store store, ExternalAuth external) {
        this.store = store;
        this.external = external;
    }

    /**
     * The user who has this password. It blocks while the directory answers.
     *
     * <p>Throws SESSION_AUTHENTICATION_FAILED for a wrong password, SESSION_AUTHORIZATION_FAILED for a user who may not
     * log in, and RBAC_PERMISSION_DENIED for a user without a role.
     */
    Identity identify(String user, String password) {
        LoginCache.Source source = external.source();
        Directory directory;
        String sid;
        try {
            directory = external.directory();
            sid = directory.authenticate(user, password);
        } catch (DirectoryException e) {
            if (e.kind() == DirectoryException.Kind.REFUSED || e.kind() == DirectoryException.Kind.NOT_FOUND) {
                throw Errors.sessionAuthenticationFailed(user, "Authentication failure")
                        .causedBy(e);
            }
            throw unauthorised(user, DirectoryErrors.message(e)).causedBy(e);
        }
        LoginCache.Answer answer = answer(directory, user, sid);
        Identity identity = admitted(answer);
        external.remember(source, user, password, answer);
        return identity;
    }

    /** The user of a token, which is in the place of the password. */
    Identity identify(Token token) {
        try {
            return admitted(answer(external.directory(), token.user(), token.sid()))
                    .with(token);
        } catch (DirectoryException e) {
            throw unauthorised(token.user(), DirectoryErrors.message(e)).causedBy(e);
        }
    }

    private static LoginCache.Answer answer(Directory directory, String user, String sid) {
        try {
            Account account = directory.account(sid);
            if (!account.state().usable()) {
                throw unauthorised(user, "User " + user + " (subject_id " + sid + ") suspended in external directory");
            }
            return new LoginCache.Answer(account, directory.groups(sid));
        } catch (DirectoryException e) {
            throw unauthorised(user, DirectoryErrors.message(e)).causedBy(e);
        }
    }

    private static XenApiException unauthorised(String user, String reason) {
        return Errors.sessionAuthorizationFailed(user, reason);
    }

    /** The user with the roles of the subjects that let the user in. */
    Identity admitted(LoginCache.Answer answer) {
        Account account = answer.account();
        String sid = account.identifier();
        List<Stored<Subject>> subjects = subjects(sid, answer.groups());
        if (subjects.isEmpty()) {
            throw unauthorised(
                    account.name(),
                    "Subject " + account.name() + " (identifier " + sid + ") has no access rights in this pool");
        }
        List<String> permissions = permissions(subjects);
        if (permissions.isEmpty()) {
            throw Errors.rbacPermissionDenied(
                    MESSAGE, "Subject " + account.name() + " (identifier " + sid + ") has no roles in this pool");
        }
        return new Identity(account.name(), false, sid, subjects.get(0).ref(), permissions);
    }

    /** The subjects that a user is, or is a member of. */
    List<Stored<Subject>> subjects(String sid, Collection<String> groups) {
        Set<String> identifiers = new HashSet<>(groups);
        identifiers.add(sid);
        return store.snapshot().all(Subject.XEN_CLASS).stream()
                .filter(subject -> identifiers.contains(subject.row().get(Subject.SUBJECT_IDENTIFIER)))
                .toList();
    }

    /** The permissions of the roles of all these subjects together. */
    static List<String> permissions(Collection<Stored<Subject>> subjects) {
        Set<Ref<Role>> roles = new LinkedHashSet<>();
        subjects.forEach(subject -> roles.addAll(subject.row().get(Subject.ROLES)));
        return roles.isEmpty() ? List.of() : Roles.all().rightsOf(new ArrayList<>(roles));
    }
}
