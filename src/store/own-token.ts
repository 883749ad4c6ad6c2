/** Of the table tokens. One that an enrolment page has made is none of its user's before its first code there: the page may have been left. */
export const isOwnToken = `(tokens.state <> 'pending' OR NOT EXISTS
       (SELECT 1 FROM enrolments WHERE enrolments.user_id = tokens.user_id AND enrolments.token_id = tokens.id))`;
