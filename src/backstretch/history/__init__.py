"""History: what is stored of one person: sessions, progress, health answers, folders."""
