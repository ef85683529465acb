package org.jxapi.dispatch;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Session;

/** Records who did what, with which outcome. Neither fails nor waits. */
public interface Audit {
    /** Records nothing. */
    Audit NONE = new Audit() {
        @Override
        public Entry message(MessageModel message, Call call, Object[] arguments) {
            return (denied, failure) -> {};
        }

        @Override
        public void request(
                String permission,
                Ref<Session> session,
                Map<String, String> parameters,
                String peer,
                @Nullable XenApiException failure) {}
    };

    /** Begins the record of a message that has not run yet: objects that it destroys have names only now. */
    Entry message(MessageModel message, Call call, Object[] arguments);

    /**
     * Records an HTTP request at its end.
     *
     * @param permission what it needed, such as {@code http/get_export}
     * @param failure why it failed; RBAC_PERMISSION_DENIED when it was not allowed
     */
    void request(
            String permission,
            Ref<Session> session,
            Map<String, String> parameters,
            String peer,
            @Nullable XenApiException failure);

    /** A message under way. */
    interface Entry {
        /**
         * Records its end.
         *
         * @param denied whether the session lacks the permission, so that the message did not run
         * @param failure the error; null for success
         */
        void end(boolean denied, @Nullable XenApiException failure);
    }
}
