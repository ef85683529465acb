package org.jxapi.store;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why something failed, in the few words that a line for an operator has room for. */
public final class Reason {
    private Reason() {}

    /** The reason that the innermost cause gives. Java's errors of files often say no more than the file's name. */
    public static String of(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof FileSystemException file) {
            return file.getReason() != null ? file.getReason() : named(file);
        }
        String first = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        return root.getMessage() == null || first.isBlank() ? root.getClass().getSimpleName() : first;
    }

    /** The same after the name of the file that it is about, if there is one. */
    public static String withFile(Throwable e) {
        return e instanceof FileSystemException file && file.getFile() != null ? file.getFile() + ": " + of(e) : of(e);
    }

    private static String named(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "File exists";
        }
        return e instanceof NotDirectoryException
                ? "Not a directory"
                : e.getClass().getSimpleName();
    }
}
