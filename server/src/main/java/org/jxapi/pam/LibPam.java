package org.jxapi.pam;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.byref.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libpam that jxapi uses, {@code security/pam_appl.h}. All text is passed as pointers to memory of the
 * caller, in UTF-8.
 */
public interface LibPam {
    int PAM_SUCCESS = 0;
    int PAM_USER_UNKNOWN = 10;
    int PAM_NEW_AUTHTOK_REQD = 12;
    int PAM_ACCT_EXPIRED = 13;
    int PAM_BUF_ERR = 5;
    int PAM_CONV_ERR = 19;

    int PAM_DISALLOW_NULL_AUTHTOK = 1;
    int PAM_SILENT = 0x8000;

    int PAM_FAIL_DELAY = 10;
    int PAM_RHOST = 4;

    int PAM_PROMPT_ECHO_OFF = 1;
    int PAM_PROMPT_ECHO_ON = 2;
    int PAM_ERROR_MSG = 3;
    int PAM_TEXT_INFO = 4;

    int PAM_MAX_NUM_MSG = 32;

    /** Reads /etc/pam.d; keeps the conversation until the end. */
    int pam_start(Pointer service, Pointer user, Pointer conversation, PointerByReference handle);

    /** The same with a folder in the place of /etc/pam.d; since Linux-PAM 1.4. */
    int pam_start_confdir(
            Pointer service, Pointer user, Pointer conversation, Pointer folder, PointerByReference handle);

    int pam_set_item(Pointer handle, int item, Pointer value);

    int pam_authenticate(Pointer handle, int flags);

    int pam_acct_mgmt(Pointer handle, int flags);

    int pam_chauthtok(Pointer handle, int flags);

    int pam_end(Pointer handle, int status);

    /** A text of libpam's own. */
    @Nullable
    Pointer pam_strerror(Pointer handle, int status);

    /** {@code pam_conv.conv}: answers messages of modules. */
    interface Conversation {
        /**
         * @param messages an array of pointers to {@code struct pam_message}
         * @param responses receives an array of {@code struct pam_response} from {@code calloc}, with texts from {@code
         *     calloc}; libpam frees them all
         */
        @Delegate
        int converse(int count, @Nullable Pointer messages, @Nullable Pointer responses, @Nullable Pointer data);
    }

    /** The item PAM_FAIL_DELAY: waits after a failure. */
    interface FailDelay {
        @Delegate
        void delay(int status, int micros, @Nullable Pointer data);
    }
}
